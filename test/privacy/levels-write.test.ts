import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Scope } from '../../src/access/scopes.ts';
import { ignoredMembers } from '../../src/mapping/ignored-members.ts';
import type { Json, JsonObject } from '../../src/schema/json.ts';
import { mergePatch } from '../../src/schema/merge-patch.ts';
import type { ContractExample } from '../contracts/contract-example.ts';
import { withoutNulls } from '../contracts/documents.ts';
import { contractExamples } from '../contracts/examples/all.ts';
import { type Named, type Speaker, speakerOf } from '../contracts/suite-support.ts';
import type { Answer, Client } from '../support/client.ts';
import { distinctCustomer, leaves, valuesAt } from '../support/distinct-customer.ts';
import { startService, type TestService } from '../support/service.ts';

/** Whether a change of personal members is made at the levels 1 to 4: Y or N. */
const expected: Record<string, string> = {
  'nothing more': 'YNNN',
  'a reason': 'YNNN',
  'personal:write': 'YYNN',
  'personal:write and a reason': 'YYYN',
  'privacy:manage': 'YNNN',
  'privacy:manage and a reason': 'YNNN',
  'both and no reason': 'YYNN',
  'both and a reason': 'YYYN',
};
const scopesOf = (caller: string): Scope[] => [
  ...(/personal:write|both/.test(caller) ? (['personal:write'] as const) : []),
  ...(/privacy:manage|both/.test(caller) ? (['privacy:manage'] as const) : []),
];
const reasonOf = (caller: string): Record<string, string> =>
  / a reason|^a reason/.test(caller) ? { 'customary-reason': 'test' } : {};
const why = { 'customary-reason': 'test' };
const levels = [1, 2, 3, 4] as const;
const usual: Scope[] = ['customer:read', 'customer:list', 'customer:write', 'personal:read'];
const all = leaves().filter(({ name }) => name !== 'parentId' && name !== 'protectionLevel');
const personal = all.filter(({ kind }) => kind !== 'open').map(({ name }) => name);

/** A customer with these values, and what must be unique told apart. */
const record = (seed: string, level: number): JsonObject => {
  const { registrationCode: _code, accountNumber: _number, ...data } = distinctCustomer(seed);
  return {
    ...data,
    accountNumber: `A${seed}${level}`,
    registrationCode: `R${seed}${level}`,
    protectionLevel: level,
  };
};

let service: TestService;
const made: JsonObject[] = [];
beforeAll(async () => {
  service = await startService();
  for (const level of levels) made.push(await service.create(record('1', level), why));
});
afterAll(() => service.stop());

/** The other values of the personal members; all else stays. */
const changed = (level: number): JsonObject => {
  const before = made[level - 1] as JsonObject;
  const {
    id: _id,
    number: _n,
    humanReadableId: _h,
    version: _v,
    createdAt: _c,
    updatedAt: _u,
    ...data
  } = before;
  return mixed(data, record('2', level), '') as JsonObject;
};

const mixed = (before: Json | undefined, other: Json | undefined, at: string): Json => {
  if (personal.includes(at)) return other ?? null;
  if (Array.isArray(before)) {
    return before.map((item, index) => mixed(item, (other as Json[])[index], at));
  }
  if (typeof before !== 'object' || before === null) return before ?? null;
  const members = Object.entries(before).map(([name, inner]) => {
    const place = at === '' ? name : `${at}.${name}`;
    return [name, name === 'id' ? inner : mixed(inner, (other as JsonObject)[name], place)];
  });
  return Object.fromEntries(members);
};

/** The personal members that pointers name. */
const namedBy = (pointers: string[]): string[] => {
  const names = pointers.map((pointer) =>
    pointer
      .slice(1)
      .split('/')
      .filter((segment) => !segment.startsWith('id=') && !/^\d+$/.test(segment))
      .join('.'),
  );
  const isNamed = (member: string) =>
    names.some((name) => name === member || name.startsWith(`${member}.`) || member.startsWith(`${name}.`));
  return personal.filter(isNamed);
};

const doors: Record<
  string,
  (client: Client, level: number, headers: Record<string, string>) => Promise<Answer>
> = {
  patch: (client, level, headers) => client.patch(idAt(level), changed(level), headers, '?dryRun=true'),
  put: (client, level, headers) => client.put(idAt(level), changed(level), headers, '?dryRun=true'),
  'JSON patch': (client, level, headers) => {
    const edits = Object.entries(changed(level)).map(([name, value]) => ({
      op: 'add',
      path: `/${name}`,
      value,
    }));
    return client.jsonPatch(idAt(level), edits, headers, '?dryRun=true');
  },
  batch: async (client, level, headers) => {
    const changes = [{ op: 'mergePatch', id: idAt(level), body: changed(level) }];
    const answer = await client.send('POST', '/v1/customers/batch?dryRun=true', {
      body: { changes },
      headers,
    });
    const [outcome] = answer.body['outcomes'];
    return { ...answer, status: outcome.status, body: outcome.error ?? outcome };
  },
};
const idAt = (level: number): string => (made[level - 1] as JsonObject)['id'] as string;

test.each(Object.keys(expected))(
  'with %s each personal member is changed as the table says, through every door',
  async (caller) => {
    const client = await service.withKey({ scopes: [...usual, ...scopesOf(caller)] });
    for (const [door, change] of Object.entries(doors)) {
      for (const level of levels) {
        const { status, body } = await change(client, level, reasonOf(caller));
        const what = `${door} at level ${level}`;
        const isMade = expected[caller]?.[level - 1] === 'Y';
        expect(status, what).toBe(isMade ? 200 : 403);
        const places = (isMade ? body['changes'] : body['errors']) as JsonObject[];
        const named = namedBy(places.map((one) => (one['path'] ?? one['pointer']) as string));
        expect(named, what).toEqual(personal);
      }
    }
  },
);

describe.each(contractExamples.map((example) => ({ name: example.contract.id, example })))(
  '$name',
  ({ example }) => {
    test('changes each personal member that it says as the table says, and nothing when it may not', async () => {
      for (const caller of [
        'nothing more',
        'personal:write',
        'personal:write and a reason',
        'both and a reason',
      ]) {
        const client = await service.withKey({
          name: `${example.contract.id} ${caller}`,
          scopes: [...usual, ...scopesOf(caller)],
        });
        const speaker = await speakerOf(example, client);
        for (const level of levels) {
          const { customer, other, places } = await preparedFor(example, level);
          const outcome = await written(speaker, customer, other, reasonOf(caller));
          const now = (await service.get(`/v1/customers/${customer.id}`)).body;
          const what = `${caller} at level ${level}: ${outcome.text}`;
          const isMade = expected[caller]?.[level - 1] === 'Y';
          for (const [place, [before, after]] of places) {
            expect(valuesAt(now, place), `${place} by ${what}`).toEqual(isMade ? after : before);
          }
          expect([...places.keys()], 'all that the contract can write').toEqual(writableBy(example));
        }
      }
    });

    test('a document that comes back as it was read leaves what it does not show', async () => {
      for (const [level, scopes] of [
        [1, []],
        [2, []],
        [3, []],
        [4, []],
        [2, ['privacy:manage']],
        [4, ['personal:read', 'personal:write']],
      ] as const) {
        const given: Scope[] = ['customer:read', 'customer:list', 'customer:write', ...scopes];
        const speaker = await speakerOf(example, await service.withKey({ scopes: given }));
        const { customer } = await preparedFor(example, level);
        const before = (await service.get(`/v1/customers/${customer.id}`)).text;
        const { text } = await written(speaker, customer, await speaker.read(customer), why);
        expect(
          (await service.get(`/v1/customers/${customer.id}`)).text,
          `level ${level} ${scopes}: ${text}`,
        ).toBe(before);
      }
    });
  },
);

/** The personal members that a contract's mapping writes. */
const writableBy = ({ mapping, changeWire }: ContractExample): string[] => {
  const names = Object.keys(((changeWire ?? mapping.wire) as unknown as { properties: object }).properties);
  const said = mapping
    .places()
    .filter(({ wire, readOnly }) => !readOnly && names.includes(wire.split('.')[0] as string))
    .flatMap(({ canonical }) => canonical ?? []);
  return personal.filter((name) => said.some((one) => one === name || one.startsWith(`${name}.`)));
};

let count = 0;

/** A sub-customer at a level, another document for it, and the personal members that it changes, before and after. */
const preparedFor = async (example: ContractExample, level: number) => {
  const { mapping, full, changeWire } = example;
  count += 1;
  const unique = { accountNumber: `B${count}`, registrationCode: `C${count}` };
  const parentId = idAt(1);
  const before = await service.create({ ...record('1', level), ...unique, parentId }, why);
  const next = {
    ...before,
    ...record('2', level),
    accountNumber: `D${count}`,
    registrationCode: `E${count}`,
    parentId,
  };
  const document = mergePatch(full, withoutNulls(mapping, mapping.write(next)));
  const other = ignoredMembers(
    changeWire ?? mapping.wire,
    withoutNulls(mapping, document as JsonObject),
  ).body;
  const after = mapping.read({ ...mapping.write(before), ...other }, before);
  const places = new Map(
    personal
      .map((name) => [name, [valuesAt(before, name), valuesAt(after, name)]] as const)
      .filter(([, [one, two]]) => JSON.stringify(one) !== JSON.stringify(two)),
  );
  return { customer: before as unknown as Named, other, places };
};

/** Writes a document through the contract, member by member, and tells how it went. */
const written = async (
  speaker: Speaker,
  customer: Named,
  document: JsonObject,
  headers: Record<string, string>,
): Promise<{ text: string }> => {
  const { mapping, changeWire, calls } = speaker.example;
  const members = ignoredMembers(changeWire ?? mapping.wire, document).body;
  const call = calls.update(speaker.nameOf(customer), members);
  const { answer, outcome } = await speaker.finish({ ...call, headers: { ...call.headers, ...headers } });
  return { text: `${outcome} ${answer.text.slice(0, 300)}` };
};
