import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Scope } from '../../src/access/scopes.ts';
import { callCustomer } from '../../src/cli/customer-call.ts';
import { contracts } from '../../src/contracts/all.ts';
import type { Json, JsonObject } from '../../src/schema/json.ts';
import type { ContractExample } from '../contracts/contract-example.ts';
import { contractExamples } from '../contracts/examples/all.ts';
import { type Speaker, speakerOf } from '../contracts/suite-support.ts';
import type { Client } from '../support/client.ts';
import { distinctCustomer, type Leaf, leaves, valuesAt } from '../support/distinct-customer.ts';
import { startService, type TestService } from '../support/service.ts';
import { tenantOf } from '../support/tenant-of.ts';

/** What a caller sees of a member at the levels 1 to 4: V its value, M the mask, A nothing at all. */
const expected: Record<'open' | 'personal' | 'secret', Record<string, string>> = {
  open: { none: 'VVVV', read: 'VVVV', manage: 'VVVV', both: 'VVVV' },
  personal: { none: 'VMAA', read: 'VVVA', manage: 'VMAV', both: 'VVVV' },
  secret: { none: 'MMAA', read: 'VVVA', manage: 'MMAM', both: 'VVVV' },
};
const callers: Record<string, Scope[]> = {
  none: [],
  read: ['personal:read'],
  manage: ['privacy:manage'],
  both: ['personal:read', 'privacy:manage'],
};
const levels = [1, 2, 3, 4] as const;
const why = { 'customary-reason': 'test' };
const all = leaves().filter(({ name }) => name !== 'parentId' && name !== 'protectionLevel');

let service: TestService;
const made: JsonObject[] = [];
const clients: Record<string, Client> = {};
beforeAll(async () => {
  service = await startService();
  for (const level of levels) {
    const unique = { accountNumber: `A${level}`, registrationCode: `R${level}` };
    const own = { extensions: extensions() };
    made.push(
      await service.create({ ...distinctCustomer('1'), ...own, ...unique, protectionLevel: level }, why),
    );
  }
  for (const [name, scopes] of Object.entries(callers)) {
    const usual: Scope[] = ['customer:read', 'customer:list', 'customer:write', 'history:read'];
    clients[name] = await service.withKey({ name, scopes: [...usual, ...scopes] });
  }
});
afterAll(() => service.stop());

/** What contracts alone can say, as their own examples say it. */
const extensions = (): JsonObject =>
  Object.assign(
    {},
    distinctCustomer('1')['extensions'],
    { seamlessos: { contactPersonUserId: 'someone', users: [{ userId: 'someone', role: 'MEMBER' }] } },
    ...contractExamples.map(
      ({ mapping, full }) => mapping.read(withoutJoint(full), undefined)['extensions'] ?? {},
    ),
  );

/** Rev.io's `suspended` says the open status as well, and is false where what it says alone is hidden. */
const withoutJoint = ({ suspended: _suspended, ...document }: JsonObject): JsonObject => document;

/** How the values at a place look beside those that stand there. */
const lookOf = (values: Json[], whole: Json[]): string => {
  if (values.length === 0) return 'A';
  const texts = values.map((value) => JSON.stringify(value));
  if (texts.every((text) => text === '"***"')) return 'M';
  return JSON.stringify(texts) === JSON.stringify(whole.map((value) => JSON.stringify(value))) ? 'V' : '?';
};

/** Judges every leaf of a record that some door showed; tells how many it judged. */
const judge = (shown: JsonObject, level: number, caller: string, door: string): number => {
  const wrong = all.flatMap(({ name, kind }) => {
    const look = lookOf(valuesAt(shown, name), valuesAt(made[level - 1], name));
    const right = expected[kind][caller]?.[level - 1];
    return look === right ? [] : [`${name} ${kind}: ${look}, not ${right}`];
  });
  expect(wrong, `${door} at level ${level} by ${caller}`).toEqual([]);
  return all.length;
};

const fromChanges = (changes: { path: string; after?: Json }[]): JsonObject => {
  const record: JsonObject = {};
  for (const { path, after } of changes) {
    const [first, second] = path.slice(1).split('/') as [string, string | undefined];
    if (after === undefined) continue;
    if (second === undefined) record[first] = after;
    else record[first] = { ...(record[first] as JsonObject), [second]: after };
  }
  return record;
};

const doors: Record<string, (client: Client, customer: JsonObject) => Promise<JsonObject>> = {
  get: async (client, { id }) => (await client.get(`/v1/customers/${id}`)).body,
  fields: async (client, { id }) => {
    const names = Object.keys(made[0] as JsonObject).join();
    return (await client.get(`/v1/customers/${id}?fields=${names}`)).body;
  },
  list: async (client, { number }) =>
    (await client.get(`/v1/customers?number=${number}`)).body['customers'][0],
  'as of': async (client, { id }) => (await client.get(`/v1/customers/${id}?asOf=1`)).body,
  history: async (client, { id }) =>
    fromChanges((await client.get(`/v1/customers/${id}/history`)).body['entries'][0].changes),
  'dry run': async (client, { id }) =>
    (await client.patch(id as string, { source: null }, why, '?dryRun=true')).body['customer'],
};

describe.each(Object.keys(callers))('a caller with %s', (caller) => {
  test.each(levels)(
    'sees every member of level %i as the table says, through every door of our own API',
    async (level) => {
      const customer = made[level - 1] as JsonObject;
      let cells = 0;
      for (const [door, look] of Object.entries(doors)) {
        const shown = await look(clients[caller] as Client, customer);
        const source = door === 'dry run' ? { source: customer['source'] as Json } : {};
        cells += judge({ ...shown, ...source }, level, caller, door);
      }
      expect(cells).toBe(all.length * Object.keys(doors).length);
    },
  );

  test('finds by personal members as the table says', async () => {
    const terms = { name: 'name', email: 'email', phone: 'phone', identifier: 'identifiers.taxId' };
    const found: Record<string, string> = {};
    for (const [filter, name] of Object.entries(terms)) {
      const [value] = valuesAt(made[0], name);
      const { body } = await (clients[caller] as Client).get(
        `/v1/customers?${filter}=${encodeURIComponent(String(value))}`,
      );
      found[filter] = (body['customers'] as JsonObject[]).map((one) => one['protectionLevel']).join('');
    }
    // Below level 3 a record is found by whole values of what is masked; from level 3 on it is left out where it is hidden.
    const right = { none: '12', read: '123', manage: '124', both: '1234' }[caller];
    for (const filter of Object.keys(terms)) expect(found[filter], filter).toBe(right);
  });
});

test('every contract that has a mapping is judged', () => {
  const mapped = contracts.filter(({ mapping }) => mapping).map(({ id }) => id);
  expect(contractExamples.map(({ contract }) => contract.id).sort()).toEqual(mapped.sort());
});

test('the command line sees every member at every level', async () => {
  const tenant = await tenantOf(service);
  for (const level of levels) {
    const id = (made[level - 1] as JsonObject)['id'] as string;
    judge(
      await callCustomer(service.app.database, tenant, 'getCustomer', { params: { id } }),
      level,
      'both',
      'cli',
    );
  }
});

describe.each(contractExamples.map((example) => ({ name: example.contract.id, example })))(
  '$name',
  ({ name, example }) => {
    test('shows every member that it says as the table says, and nothing of another one', async () => {
      const officer = await speakerOf(example, clients['both'] as Client);
      const places = kindsOf(example);
      let cells = 0;
      for (const [caller, client] of Object.entries(clients)) {
        const speaker = await speakerOf(example, client);
        for (const level of levels) {
          const whole = await looks(officer, level);
          const shown = await looks(speaker, level);
          const empty = [...places.keys()].filter((wire) => valuesAt(whole['read'], wire).length === 0);
          expect(empty, 'members without a value').toEqual([]);
          for (const [door, document] of Object.entries(shown)) {
            for (const [wire, kind] of places) {
              const stands = valuesAt(whole[door], wire);
              const look = lookOf(valuesAt(document, wire), stands);
              // What is no text can't say the mask, and is left out then.
              const right = { V: ['V'], M: ['M', 'A'], A: ['A'] }[expected[kind][caller]?.[level - 1] as 'V'];
              expect(right, `${name} ${door} ${wire} at level ${level} by ${caller}`).toContain(look);
              cells += 1;
            }
          }
        }
      }
      expect(cells).toBe(places.size * (example.calls.list ? 2 : 1) * 4 * levels.length);
    });
  },
);

/** The wire members that say something of the record, and what protects it. */
const kindsOf = ({ mapping }: ContractExample): Map<string, Leaf['kind']> => {
  const kinds = new Map<string, Leaf['kind']>();
  for (const { wire, canonical, readOnly } of mapping.places()) {
    // What only the vendor's own service could say is never there.
    if (readOnly && canonical?.startsWith('extensions.')) continue;
    const leaf = all.find(({ name }) => canonical === name || canonical?.startsWith(`${name}.`));
    // A member that says several of the record's is judged by the first.
    if (leaf && !kinds.has(wire)) kinds.set(wire, leaf.kind);
  }
  return kinds;
};

/** The contract's documents of a customer: read alone, and in the list. */
const looks = async (speaker: Speaker, level: number): Promise<Record<string, JsonObject>> => {
  const named = made[level - 1] as unknown as { id: string; number: number };
  const read = await speaker.read(named);
  if (!speaker.example.calls.list) return { read };
  const { body } = await speaker.send(speaker.example.calls.list());
  const items = Object.values(body).find(Array.isArray) as unknown as JsonObject[];
  const item = items[level - 1];
  return { read, list: item as JsonObject };
};
