import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Scope } from '../../src/access/scopes.ts';
import { contractExamples } from '../contracts/examples/all.ts';
import { type Named, speakerOf } from '../contracts/suite-support.ts';
import type { Answer, Client } from '../support/client.ts';
import { startService, type TestService } from '../support/service.ts';

const why = { 'customary-reason': 'Asked for in writing' };
const ordinary: Scope[] = ['customer:read', 'customer:list', 'customer:write', 'history:read'];
const contactId = '0190b9a0-0000-7000-8000-000000000001';
const truth = {
  kind: 'person',
  name: 'Ada',
  birthDate: '1970-02-03',
  email: 'ada@example.org',
  securityPin: '4711',
  identifiers: { taxId: 'T-1', vatNumber: 'V-1' },
  contacts: [{ id: contactId, email: 'ada@example.org', identifiers: [{ value: 'P-1' }] }],
  metadata: { shoe: '38', hat: 'M' },
};
const levels = [1, 2, 3, 4] as const;

let service: TestService;
const callers: Record<string, Client> = {};
beforeAll(async () => {
  service = await startService();
  const named: Record<string, Scope[]> = {
    nobody: [],
    writer: ['personal:write'],
    officer: ['privacy:manage', 'personal:write'],
    reader: ['personal:read'],
  };
  for (const [name, more] of Object.entries(named)) {
    callers[name] = await service.withKey({ name, scopes: [...ordinary, ...more] });
  }
});
afterAll(() => service.stop());

const make = async (protectionLevel: number): Promise<string> =>
  (await service.create({ ...truth, protectionLevel }, why))['id'];

/** All that an answer says, but for what differs between any two customers. */
const said = ({ status, text, headers }: Answer): string =>
  `${status} ${headers.get('etag')} ${text}`
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, (id) => (id === contactId ? id : 'ID'))
    .replace(/"(number|humanReadableId|requestId|createdAt|updatedAt|recordedAt)":("[^"]*"|\d+)/g, '"$1":0');

/** Who does not see what is guessed, and at which level. */
const unseen = [
  ['nobody', 1],
  ['nobody', 2],
  ['nobody', 3],
  ['nobody', 4],
  ['writer', 2],
  ['writer', 3],
  ['officer', 4],
] as const;

/** The value that stands there, and one that does not, hidden or masked from a level on. */
const guesses: Record<string, { hiddenFrom: number; right: object; wrong: object }> = {
  birthDate: { hiddenFrom: 2, right: { birthDate: '1970-02-03' }, wrong: { birthDate: '1970-02-02' } },
  securityPin: { hiddenFrom: 1, right: { securityPin: '4711' }, wrong: { securityPin: '4710' } },
  'a member of a group': {
    hiddenFrom: 2,
    right: { identifiers: { taxId: 'T-1' } },
    wrong: { identifiers: { taxId: 'T-2' } },
  },
  'a contact': {
    hiddenFrom: 2,
    right: { contacts: [{ id: contactId, email: 'ada@example.org' }, { firstName: 'New' }] },
    wrong: { contacts: [{ id: contactId, email: 'bea@example.org' }, { firstName: 'New' }] },
  },
  'a free name': {
    hiddenFrom: 3,
    right: { metadata: { shoe: '38' } },
    wrong: { metadata: { boot: '38' } },
  },
  'a whole free object': {
    hiddenFrom: 2,
    right: { metadata: truth.metadata },
    wrong: { metadata: { a: 1 } },
  },
  'one of several': {
    hiddenFrom: 2,
    right: { birthDate: '1970-02-03', name: 'Bea', source: 'x' },
    wrong: { birthDate: '1970-02-02', name: 'Bea', source: 'x' },
  },
};

type Way = (client: Client, id: string, patch: object) => Promise<Answer[]>;
const dry = '?dryRun=true';
const ways: Record<string, Way> = {
  'merge patch': async (client, id, patch) => [
    await client.patch(id, patch, why, dry),
    await client.patch(id, patch, why),
  ],
  'JSON Patch': async (client, id, patch) => {
    const edits = Object.entries(patch).map(([name, value]) => ({ op: 'add', path: `/${name}`, value }));
    return [await client.jsonPatch(id, edits, why, dry), await client.jsonPatch(id, edits, why)];
  },
  PUT: async (client, id, patch) => {
    const { body } = await client.get(`/v1/customers/${id}`);
    const whole = { ...body, ...patch };
    return [await client.put(id, whole, why, dry), await client.put(id, whole, why)];
  },
  batch: async (client, id, patch) => {
    const body = { changes: [{ op: 'mergePatch', id, body: patch }] };
    const path = '/v1/customers/batch';
    return [
      await client.send('POST', `${path}${dry}`, { body, headers: why }),
      await client.send('POST', path, { body, headers: why }),
    ];
  },
  'a change of an older version': async (client, id, patch) => {
    await service.patch(id, { ...other, source: 'theirs' }, why);
    return [await client.patch(id, patch, { ...why, 'if-match': '"1"' }, '?onConflict=merge')];
  },
  'an older version after a guess': async (client, id, patch) => [
    await client.patch(id, patch, why),
    await client.patch(id, { birthDate: '1999-09-09' }, { ...why, 'if-match': '"1"' }, '?onConflict=merge'),
  ],
  'an undo of the guess': async (client, id, patch) => [
    await client.patch(id, patch, why),
    await client.send('POST', `/v1/customers/${id}/history/2/undo`, { headers: why }),
  ],
  'an undo of a change before the guess': async (client, id, patch) => {
    await service.patch(id, other, why);
    await service.patch(id, truth, why);
    return [
      await client.patch(id, patch, why),
      await client.send('POST', `/v1/customers/${id}/history/3/undo`, { headers: why }),
    ];
  },
};

/** Another value of all that is guessed. */
const other = {
  birthDate: '1980-01-01',
  securityPin: '1',
  identifiers: { taxId: 'T-9' },
  metadata: { shoe: '39', hat: 'L' },
};

describe.each(Object.keys(ways))('%s', (way) => {
  test.each(Object.keys(guesses))('tells nothing of %s to who does not see it', async (guess) => {
    const { hiddenFrom, right, wrong } = guesses[guess] as (typeof guesses)[string];
    const tell = async (client: Client, level: number, patch: object): Promise<string[]> => {
      const id = await make(level);
      const answers = await (ways[way] as Way)(client, id, patch);
      const now = await client.get(`/v1/customers/${id}`);
      return [...answers, now, await client.get(`/v1/customers/${id}/history`)].map(said);
    };
    const judged = unseen.map(async ([name, level]) => {
      // A privacy officer sees all of a restricted record but its secrets.
      if (level < hiddenFrom || (name === 'officer' && guess !== 'securityPin')) return;
      const client = callers[name] as Client;
      const [told, other] = await Promise.all([right, wrong].map((patch) => tell(client, level, patch)));
      expect(told, `${name} at level ${level}`).toEqual(other);
    });
    await Promise.all(judged);
  });
});

test('whoever does not see and may not write is refused alike, whatever stands there', async () => {
  for (const level of [3, 4]) {
    const id = await make(level);
    for (const birthDate of ['1970-02-03', '1970-02-02']) {
      const answer = await (callers['nobody'] as Client).patch(id, { birthDate }, why, dry);
      expect(answer.status).toBe(403);
      expect(answer.body['errors']).toHaveLength(1);
      expect(answer.body['errors'][0].pointer).toBe('/birthDate');
    }
  }
});

test('what is written without being seen is a version, also where it is as it was; what is seen is none', async () => {
  const id = await make(3);
  const again = { birthDate: truth.birthDate };
  expect((await (callers['writer'] as Client).patch(id, again, why)).headers.get('etag')).toBe('"2"');
  const { body } = await service.get(`/v1/customers/${id}/history`);
  expect(body['entries'][0].changes).toEqual([
    { path: '/birthDate', before: truth.birthDate, after: truth.birthDate },
  ]);
  expect((await service.patch(id, again, why)).headers.get('etag')).toBe('"2"');
  const undone = await service.send('POST', `/v1/customers/${id}/history/2/undo`, { headers: why });
  expect(undone.headers.get('etag')).toBe('"2"');
});

test('what is written without being seen conflicts with what was written since, the same value too', async () => {
  const id = await make(3);
  await service.patch(id, { birthDate: '1980-01-01' }, why);
  for (const birthDate of ['1970-02-03', '1980-01-01', '1990-01-01']) {
    const stale = { ...why, 'if-match': '"1"' };
    const answer = await (callers['writer'] as Client).patch(id, { birthDate }, stale, '?onConflict=merge');
    expect(answer.body).toMatchObject({ status: 409, conflicts: [{ path: '/birthDate' }] });
  }
});

test('masks and absent members that come back are no change at any level', async () => {
  for (const level of levels) {
    const id = await make(level);
    for (const client of Object.values(callers)) {
      const { body } = await client.get(`/v1/customers/${id}`);
      expect((await client.put(id, body)).headers.get('etag'), `PUT at level ${level}`).toBe('"1"');
      expect((await client.patch(id, body)).headers.get('etag'), `PATCH at level ${level}`).toBe('"1"');
    }
  }
});

test.each(contractExamples.map((example) => ({ name: example.contract.id, example })))(
  'the contract of $name refuses a right guess like a wrong one',
  async ({ example }) => {
    const { mapping, calls } = example;
    const speaker = await speakerOf(example, callers['nobody'] as Client);
    const wire = (data: object) => mapping.write({ ...data, protectionLevel: 3 });
    const [right, wrong] = [truth, { ...truth, name: 'Bea', email: 'b@example.org' }].map(wire);
    const differing = Object.keys(right as object).filter(
      (name) => JSON.stringify(right?.[name]) !== JSON.stringify(wrong?.[name]),
    );
    expect(differing.length).toBeGreaterThan(0);
    const told = [];
    for (const document of [right, wrong]) {
      const customer = await service.create({ ...truth, protectionLevel: 3, parentId: null }, why);
      const body = Object.fromEntries(differing.map((name) => [name, document?.[name] ?? null]));
      const { answer, outcome } = await speaker.finish({
        ...calls.update(speaker.nameOf(customer as unknown as Named), body),
      });
      told.push([outcome, answer.status]);
      expect((await service.get(`/v1/customers/${customer['id']}`)).body['version']).toBe(1);
    }
    expect(told[0]).toEqual(told[1]);
  },
);
