import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ignoredMembers } from '../../src/mapping/ignored-members.ts';
import type { Json, JsonObject } from '../../src/schema/json.ts';
import type { Client } from '../support/client.ts';
import { fullCustomer } from '../support/full-customer.ts';
import { countRows } from '../support/rows.ts';
import { startService, type TestService } from '../support/service.ts';
import { changedPaths, isWithin } from './documents.ts';
import { contractExamples } from './examples/all.ts';
import { type Named, recordOf, type Speaker, speakerOf, valueAt } from './suite-support.ts';

let service: TestService;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.stop());

const named = contractExamples.map((example) => ({ name: example.contract.id, example }));

describe.each(named)('$name: a change', ({ example }) => {
  const { calls, change, several, wrong, full, mapping } = example;
  let tenant: Client & { tenantId: string };
  let speaker: Speaker;
  beforeAll(async () => {
    // A tenant of its own, so that a value that must be unique meets no other contract's.
    tenant = await service.otherTenant();
    speaker = await speakerOf(example, tenant);
  });
  const make = async (data?: object): Promise<Named> => (await tenant.create(data)) as unknown as Named;
  const historyOf = async ({ id }: Named) => (await countRows(service.database, tenant.tenantId, id)).history;
  const writable = (document: JsonObject) => ignoredMembers(mapping.wire, document).body;

  test('of one member changes what it says, and no other place of the record', async () => {
    for (const data of [{ kind: 'person' }, fullCustomer()]) {
      const one = await make(data);
      for (const value of change.values) {
        const [before, shown] = [await recordOf(tenant, one), await speaker.read(one)];
        await speaker.change(one, { [change.member]: value });
        const [after, now] = [await recordOf(tenant, one), await speaker.read(one)];
        expect(changedPaths(before, after)).toEqual([change.canonical]);
        expect(now[change.member]).toEqual(value);
        expect(changedPaths(writable(shown), writable(now))).toEqual([change.member]);
      }
    }
  });

  test('of several members is made whole, in one version', async () => {
    const one = await make();
    await speaker.change(one, several);
    expect(await speaker.read(one)).toMatchObject(several);
    expect(await historyOf(one)).toBe(2);
  });

  test('of every member is what is read afterwards', async () => {
    const one = await make();
    await speaker.change(one, full);
    expect(await speaker.read(one)).toMatchObject(full);
  });

  test('that is wrong is refused whole: it names the member as the vendor does, never the value', async () => {
    const one = await make();
    const before = await recordOf(tenant, one);
    const call = calls.update(speaker.nameOf(one), { [change.member]: change.values[0], ...wrong.members });
    const { answer, outcome } = await speaker.finish(call);
    expect(outcome).toBe('failure');
    if (answer.status >= 300) {
      expect(answer.status).toBe(speaker.statusOf('validation-failed'));
      expect(answer.text).toContain(wrong.names);
    }
    for (const value of Object.values(wrong.members)) {
      if (typeof value === 'string' && value.length > 2) expect(answer.text).not.toContain(value);
    }
    expect(await recordOf(tenant, one)).toEqual(before);
    expect(await historyOf(one)).toBe(1);
  });

  test('with any value of any member is made or refused, and never a defect', async () => {
    const one = await make({ kind: 'person', name: 'Ada' });
    const values: Json[] = [{}, [], 'Zjunk', '', 1e15, -1, 1.5, true, null, [null], [{}], { Zjunk: 1 }];
    for (const member of Object.keys(full)) {
      for (const value of values) {
        const { answer, outcome } = await speaker.finish(
          calls.update(speaker.nameOf(one), { [member]: value }),
        );
        expect(answer.status, `${member}: ${JSON.stringify(value)} ${answer.text}`).toBeLessThan(500);
        expect(outcome, `${member}: ${JSON.stringify(value)}`).not.toBe('error');
      }
    }
  });

  test('of what the contract does not let a client write is left out, and said so', async () => {
    const one = await make();
    const shown = await speaker.read(one);
    const before = await recordOf(tenant, one);
    const sent = { ...shown, Zunknown: 1 };
    const call = (calls.replace ?? calls.update)(speaker.nameOf(one), sent);
    const { answer, outcome } = await speaker.finish(call);
    expect(outcome, answer.text).toBe('success');
    const { names } = ignoredMembers(example.changeWire ?? mapping.wire, sent);
    expect(names.length).toBeGreaterThan(1);
    expect(answer.headers.get('customary-ignored')).toBe(names.join(', '));
    expect(await recordOf(tenant, one)).toEqual(before);
    expect(await historyOf(one)).toBe(1);
  });

  describe('to what was read', () => {
    const customers: [string, () => Promise<Named>][] = [
      ['an empty customer', () => make({ kind: 'person' })],
      ['a customer with all that the record can say', () => make(fullCustomer())],
      [
        'a customer with all that the contract can say',
        async () => {
          const other = await make({ kind: 'person' });
          await speaker.change(other, unlessUnique(full));
          return other;
        },
      ],
    ];
    /** Values that only one customer may have were given to another test's customer. */
    const unlessUnique = (document: JsonObject): JsonObject =>
      Object.fromEntries(
        Object.entries(document).map(([member, value]) =>
          ['account_number', 'registration_code', 'customer_number'].includes(member) &&
          typeof value === 'string'
            ? [member, `${value.slice(0, -1)}Z`]
            : [member, value],
        ),
      );

    test.each(customers)('is none: %s', async (_what, create) => {
      const one = await create();
      const [before, count] = [await tenant.get(`/v1/customers/${one.id}`), await historyOf(one)];
      const document = await speaker.read(one);
      const again = [
        calls.update(speaker.nameOf(one), writable(document)),
        ...(calls.replace ? [calls.replace(speaker.nameOf(one), document)] : []),
      ];
      for (const call of again) {
        const { answer, outcome } = await speaker.finish(call);
        expect(outcome, answer.text).toBe('success');
        expect(await speaker.read(one)).toEqual(document);
      }
      const after = await tenant.get(`/v1/customers/${one.id}`);
      expect([after.text, after.headers.get('etag')]).toEqual([before.text, before.headers.get('etag')]);
      expect(await historyOf(one)).toBe(count);
    });
  });

  test('to the whole leaves what the contract cannot say', async () => {
    if (!calls.replace) return;
    const one = await make(fullCustomer());
    const before = await recordOf(tenant, one);
    const { answer, outcome } = await speaker.finish(calls.replace(speaker.nameOf(one), {}));
    expect(outcome, answer.text).toBe('success');
    const said = [...mapping.covers, 'addresses', 'contacts', `extensions.${example.contract.id}`];
    for (const path of changedPaths(before, await recordOf(tenant, one))) {
      expect(
        said.some((place) => isWithin(path, place) || isWithin(place, path)),
        path,
      ).toBe(true);
    }
    for (const path of mapping.omits.filter((place) => !/^(addresses|contacts)/.test(place))) {
      expect(valueAt(await recordOf(tenant, one), path), path).toEqual(valueAt(before, path));
    }
  });
});
