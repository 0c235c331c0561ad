import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Scope } from '../../src/access/scopes.ts';
import { customerShape } from '../../src/customer/record.ts';
import { ignoredMembers } from '../../src/mapping/ignored-members.ts';
import type { JsonObject } from '../../src/schema/json.ts';
import type { Shape } from '../../src/schema/shape.ts';
import { fullCustomer } from '../support/full-customer.ts';
import { countRows } from '../support/rows.ts';
import { startService, type TestService } from '../support/service.ts';
import { changedPaths, isWithin } from './documents.ts';
import { contractExamples } from './examples/all.ts';
import { type Named, recordOf, type Speaker, speakerOf, valueAt } from './suite-support.ts';

let service: TestService;
let speakers: Speaker[];
beforeAll(async () => {
  service = await startService();
  speakers = await Promise.all(contractExamples.map((example) => speakerOf(example, service)));
});
afterAll(() => service.stop());

const named = contractExamples.map((example, index) => ({ name: example.contract.id, example, index }));
const make = async (data?: object, headers?: Record<string, string>): Promise<Named> =>
  (await service.create(data, headers)) as unknown as Named;
const covers = ({ example: { mapping } }: Speaker, canonical: string): boolean =>
  mapping.covers.some((place) => isWithin(canonical, place) || isWithin(place, canonical));
/** The documents of a customer in all contracts, without what the service itself says. */
const documentsOf = (customer: Named): Promise<JsonObject[]> =>
  Promise.all(
    speakers.map(async (speaker) => {
      const { body } = ignoredMembers(speaker.example.mapping.wire, await speaker.read(customer));
      return body;
    }),
  );

describe('one customer', () => {
  test('is read in all contracts at once, with all that the record can say', async () => {
    const customer = await make(fullCustomer());
    const reads = await Promise.all([...speakers, ...speakers].map((speaker) => speaker.read(customer)));
    expect(reads.slice(0, speakers.length)).toEqual(reads.slice(speakers.length));
  });

  test.each([
    ['name', 'Grace Hopper'],
    ['kind', 'organisation'],
    ['status', 'closed'],
    ['email', 'grace@example.org'],
    ['phone', '+46701234567'],
    ['locale', 'sv-SE'],
    ['language', 'sv'],
    ['timeZone', 'Europe/Stockholm'],
    ['country', 'SE'],
    ['accountNumber', 'A-77'],
    ['birthDate', '1906-12-09'],
    ['source', 'fair'],
    ['note', 'called twice'],
    ['billing.method', 'paper'],
    ['billing.email', 'bills@example.org'],
    ['billing.currency', 'SEK'],
    ['identifiers.nationalId', '19811218-9876'],
    ['identifiers.vatNumber', 'SE556677889901'],
    ['cooperative.member', true],
    ['consents.smsDisabled', true],
    ['delegation.offers', true],
    ['securityPin', '4711'],
    ['attributes', { plan: 'gold' }],
    ['metadata', { plan: 'gold' }],
    ['addresses', [{ purpose: 'billing', line1: '1 High Street', city: 'Lund', country: 'SE' }]],
    ['contacts', [{ firstName: 'Grace', mobilePhone: '+46701234567' }]],
  ])(
    'that is changed in our own API (%s) shows it wherever a contract has the field',
    async (path, value) => {
      const customer = await make({ kind: 'person', name: 'Ada', status: 'active' });
      const before = await documentsOf(customer);
      const patch = path.split('.').reduceRight<unknown>((inner, name) => ({ [name]: inner }), value);
      const answer = await service.patch(customer.id, patch);
      expect(answer.status, answer.text).toBe(200);
      const after = await documentsOf(customer);
      for (const [index, speaker] of speakers.entries()) {
        const changed = changedPaths(before[index], after[index]).length > 0;
        expect(changed, `${speaker.example.contract.id} shows ${path}`).toBe(covers(speaker, path));
      }
    },
  );

  test.each(named)(
    'that is changed through $name shows it in every contract that has the field',
    async ({ example, index }) => {
      const { change } = example;
      const customer = await make({ kind: 'person', name: 'Ada' });
      await (speakers[index] as Speaker).change(customer, { [change.member]: change.values[1] });
      const before = await documentsOf(customer);
      await (speakers[index] as Speaker).change(customer, { [change.member]: change.values[0] });
      const after = await documentsOf(customer);
      for (const [at, speaker] of speakers.entries()) {
        const changed = changedPaths(before[at], after[at]).length > 0;
        expect(changed, speaker.example.contract.id).toBe(covers(speaker, change.canonical));
      }
    },
  );

  test('that every contract writes to in turn keeps what each of them said last of its own', async () => {
    const customer = await make({ kind: 'person' });
    for (const speaker of speakers) {
      await speaker.change(customer, speaker.example.full);
      const own = ['extensions', speaker.example.contract.id].join('.');
      const kept = valueAt(await recordOf(service, customer), own);
      for (const other of speakers.filter((one) => one !== speaker)) {
        await other.change(customer, { [other.example.change.member]: other.example.change.values[0] });
      }
      expect(valueAt(await recordOf(service, customer), own)).toEqual(kept);
    }
    const record = await recordOf(service, customer);
    for (const { example } of speakers) {
      const own = example.mapping.places().filter(({ canonical }) => canonical?.startsWith('extensions.'));
      const foreign = `extensions.${example.contract.id}`;
      for (const { canonical, wire } of own) {
        expect(isWithin(canonical as string, foreign), wire).toBe(true);
        if ((wire.split('.')[0] as string) in example.full) expect(valueAt(record, foreign)).toBeDefined();
      }
    }
  });

  test('that all contracts change at once gets all changes', async () => {
    const customer = await make({ kind: 'person', name: 'Ada' });
    await Promise.all(
      speakers.map((speaker) =>
        speaker.change(customer, { [speaker.example.change.member]: speaker.example.change.values[0] }),
      ),
    );
    const places = new Set(speakers.map(({ example }) => example.change.canonical));
    expect((await service.get(`/v1/customers/${customer.id}`)).body['version']).toBeGreaterThan(places.size);
  });
});

describe.each(named)('$name: what a protection level hides', ({ example }) => {
  const { personal, calls, scopes, mapping } = example;
  const reason = { 'customary-reason': 'a test' };
  const marked = 'Zhidden';
  const weakScopes = [...new Set([...scopes.read, ...scopes.update, ...scopes.replace])].filter(
    (scope: Scope) => !scope.startsWith('personal'),
  );

  test.each([2, 3, 4])(
    'at level %i is not shown, and stays when what was shown comes back',
    async (protectionLevel) => {
      if (!personal) return;
      const customer = await make(fullCustomer({ protectionLevel, metadata: { [marked]: marked } }), reason);
      const weak = await speakerOf(example, await service.withKey({ scopes: weakScopes }));
      const [before, count] = [
        await service.get(`/v1/customers/${customer.id}`),
        (await countRows(service.database, service.tenantId, customer.id)).history,
      ];
      const document = await weak.read(customer);
      const text = JSON.stringify(document);
      expect(text).not.toContain('Zpersonal');
      expect(text).not.toContain('Zsecret');
      expect(text).not.toContain(marked);
      expect(document[personal.member] ?? '***').toBe('***');
      const { body } = ignoredMembers(mapping.wire, document);
      const again = [calls.update(weak.nameOf(customer), body)];
      if (calls.replace) again.push(calls.replace(weak.nameOf(customer), document));
      for (const call of again) {
        const { answer, outcome } = await weak.finish({ ...call, headers: { ...call.headers, ...reason } });
        expect(outcome, answer.text).toBe('success');
        expect(answer.text).not.toContain('Zpersonal');
      }
      const after = await service.get(`/v1/customers/${customer.id}`);
      expect(after.text).toBe(before.text);
      expect((await countRows(service.database, service.tenantId, customer.id)).history).toBe(count);
    },
  );

  test.each([2, 3, 4])('at level %i is not written without the right to', async (protectionLevel) => {
    if (!personal) return;
    const customer = await make({ kind: 'person', protectionLevel, name: 'Zpersonal' }, reason);
    const weak = await speakerOf(example, await service.withKey({ scopes: weakScopes }));
    const before = await recordOf(service, customer);
    const call = calls.update(weak.nameOf(customer), { [personal.member]: personal.value });
    const { answer, outcome } = await weak.finish({ ...call, headers: { ...call.headers, ...reason } });
    expect(outcome, answer.text).toBe('failure');
    if (answer.status >= 300) expect(answer.status).toBe(weak.statusOf('forbidden'));
    expect(await recordOf(service, customer)).toEqual(before);
    const open = calls.update(weak.nameOf(customer), { [example.change.member]: example.change.values[0] });
    if (isPersonal(example.change.canonical)) return;
    const made = await weak.finish({ ...open, headers: { ...open.headers, ...reason } });
    expect(made.outcome, made.answer.text).toBe('success');
    expect(made.answer.text).not.toContain('Zpersonal');
  });
});

/** Whether a dotted path of the record lies in what protection levels hide. */
const isPersonal = (path: string): boolean => {
  let shape: Shape | undefined = customerShape;
  for (const name of path.split('.')) {
    shape = shape?.kind === 'group' ? shape.members.get(name) : undefined;
    if (shape?.marks.personal || shape?.marks.secret) return true;
  }
  return false;
};
