import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { recordLimits } from '../src/customer/record-limits.ts';
import { sealContent } from '../src/privacy/seal.ts';
import type { Json, JsonObject } from '../src/schema/json.ts';
import { faultsOf, patchOf, revioSender } from './contracts/revio/client.ts';
import { errorOf, seamlessosSender } from './contracts/seamlessos/client.ts';
import { problem, range } from './support/answers.ts';
import type { Answer } from './support/client.ts';
import { dataKeyOf } from './support/data-key-of.ts';
import { startService, type TestService } from './support/service.ts';

let service: TestService;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.stop());

const nested = (levels: number): Json => range(levels).reduce<Json>((inner) => ({ a: inner }), 1);
const items = (count: number): Json => Array(count).fill(0);
const make = async (data: object) => (await service.create(data))['id'] as string;
const read = (id: string) => service.get(`/v1/customers/${id}`);
const recordBytes = async (id: string) =>
  Buffer.byteLength(JSON.stringify((await read(id)).body)) -
  Buffer.byteLength(JSON.stringify(await systemOf(id))) +
  1;
const systemOf = async (id: string) => {
  const { id: one, number, humanReadableId, version, createdAt, updatedAt } = (await read(id)).body;
  return { id: one, number, humanReadableId, version, createdAt, updatedAt };
};
const refusal = (answer: Answer) => [
  answer.status,
  problem(answer),
  (answer.body['errors'] as { pointer: string; rule: string }[]).map(
    ({ pointer, rule }) => `${pointer} ${rule}`,
  ),
];
const invalid = (...faults: string[]) => [422, 'validation-failed', faults];

/** A record of exactly so many bytes. */
const ofBytes = async (bytes: number) => {
  const id = await make({ metadata: { a: '' } });
  const answer = await service.patch(id, {
    metadata: { a: 'x'.repeat(bytes - (await recordBytes(id))) },
  });
  expect([answer.status, await recordBytes(id)]).toEqual([200, bytes]);
  return id;
};

describe('a record at its limits is shown, and what GET gave can be PUT and changes nothing', () => {
  test.each<[string, () => Promise<string>]>([
    ['bytes', () => ofBytes(recordLimits.maxBytes)],
    ['levels', () => make({ metadata: nested(31) })],
    // Its metadata and its protection level are members too, and so is the list.
    ['members and items', () => make({ metadata: { a: items(recordLimits.maxMembers - 3) } })],
  ])('%s', async (_what, made) => {
    const id = await made();
    const { body, headers } = await read(id);
    const answer = await service.put(id, body);
    expect([answer.status, answer.headers.get('etag')]).toEqual([200, headers.get('etag')]);
  });
});

describe('a change that would make it larger names the member by which it grows, and the rule', () => {
  test('too many bytes', async () => {
    const id = await ofBytes(recordLimits.maxBytes);
    const answers = [
      await service.patch(id, { note: 'one more' }),
      await service.jsonPatch(id, [{ op: 'add', path: '/note', value: 'one more' }]),
      await service.put(id, { ...(await read(id)).body, note: 'one more' }),
    ];
    for (const answer of answers) expect(refusal(answer)).toEqual(invalid('/note maxBytes'));
    expect(refusal(await service.patch(id, { metadata: { b: 'é'.repeat(5) }, note: 'short' }))).toEqual(
      invalid('/metadata maxBytes'),
    );
  });

  test('many changes after each other', async () => {
    const id = await make({});
    const patches = range(4).map((n) => ({ metadata: { [`m${n}`]: 'x'.repeat(300_000) } }));
    const answers: Answer[] = [];
    for (const patch of patches) answers.push(await service.patch(id, patch));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 422]);
    expect(refusal(answers[3] as Answer)).toEqual(invalid('/metadata maxBytes'));
    const { body } = await read(id);
    expect((await service.put(id, body)).body).toEqual(body);
  });

  test('too many members', async () => {
    const id = await make({ metadata: { a: items(10_000) } });
    expect(refusal(await service.patch(id, { metadata: { b: items(10_000) } }))).toEqual(
      invalid('/metadata maxMembers'),
    );
  });

  test('too many levels, where a batch has room for more than one body', async () => {
    const id = await make({});
    const changes = [
      { op: 'mergePatch', id, body: { metadata: nested(32) } },
      { op: 'create', body: { metadata: { m: nested(30), x: nested(31) } } },
      { op: 'create', body: { metadata: { x: 'x'.repeat(recordLimits.maxBytes) } } },
    ];
    const { body } = await service.send('POST', '/v1/customers/batch', { body: { changes } });
    const errors = (body['outcomes'] as JsonObject[]).map(({ error }) => (error as JsonObject)['errors']);
    expect(errors).toMatchObject([
      [{ pointer: `/metadata${'/a'.repeat(31)}`, rule: 'maxDepth' }],
      [{ pointer: `/metadata/x${'/a'.repeat(30)}`, rule: 'maxDepth' }],
      [{ pointer: '/metadata', rule: 'maxBytes' }],
    ]);
  });

  test('an undo', async () => {
    const id = await make({ metadata: { a: 'x'.repeat(600_000) } });
    await service.patch(id, { metadata: { a: null } });
    await service.patch(id, { metadata: { b: 'x'.repeat(600_000) } });
    const undo = await service.send('POST', `/v1/customers/${id}/history/2/undo`);
    expect(refusal(undo)).toEqual(invalid('/metadata maxBytes'));
  });

  test('contracts of vendors, each in its own words', async () => {
    const id = await ofBytes(recordLimits.maxBytes);
    const renamed = await seamlessosSender(service)('PATCH', `/${id}`, { body: { name: 'Ada' } });
    expect(errorOf(renamed)).toEqual([400, 'VALIDATION_ERROR', ['TOO_LONG name']]);
    const path = `/${(await read(id)).body['number']}`;
    const source = patchOf({ op: 'add', path: '/source', value: 'Order form' });
    expect(faultsOf(await revioSender(service)('PATCH', path, source))).toEqual([400, ['source']]);
    const field = { field_id: 1, label: 'Provider', value: 'x'.repeat(2000) };
    const copies = range(600).map(() => ({ op: 'copy', from: '/fields/0', path: '/fields/-' }));
    const many = patchOf({ op: 'add', path: '/fields', value: [field] }, ...copies);
    expect(faultsOf(await revioSender(service)('PATCH', path, many))).toEqual([400, ['[490]']]);
  });
});

describe('a JSON Patch is refused while it is applied, before it takes time or memory', () => {
  const copies = (count: number) =>
    range(count).map((n) => ({ op: 'copy', from: '/metadata/a', path: `/metadata/b${n}` }));

  test('for what it copies', async () => {
    const id = await make({ metadata: { a: 'x'.repeat(900_000) } });
    expect(refusal(await service.jsonPatch(id, copies(900)))).toEqual(invalid('/1 maxBytes'));
    expect(refusal(await service.jsonPatch(id, copies(1)))).toEqual(invalid('/metadata maxBytes'));
  });

  test('for how deep it goes, by whatever way', async () => {
    const id = await make({ metadata: { a: nested(20) } });
    const end = `/metadata/a${'/a'.repeat(20)}`;
    const chain = [
      { op: 'add', path: '/metadata/b', value: nested(20) },
      { op: 'move', from: '/metadata/b', path: end },
    ];
    expect(refusal(await service.jsonPatch(id, chain))).toEqual(invalid('/1 maxDepth'));
    const added = [{ op: 'add', path: end, value: nested(11) }];
    expect(refusal(await service.jsonPatch(id, added))).toEqual(invalid('/0 maxDepth'));
    expect((await service.jsonPatch(id, [{ op: 'add', path: end, value: nested(10) }])).status).toBe(200);
    const { body } = await read(id);
    expect((await service.put(id, body)).body).toEqual(body);
  });
});

describe('a record that was over a limit before there was one', () => {
  /** Puts a record where one lies that was written before. */
  const planted = async (record: object) => {
    const id = await make({});
    const place = { kind: 'record', tenantId: service.tenantId, customerId: id, version: 1 } as const;
    const text = JSON.stringify({ ...record, protectionLevel: 1 });
    const sealed = sealContent(text, await dataKeyOf(service, id), place);
    await service.database.query('UPDATE customer SET sealed = $2 WHERE customer_id = $1', [id, sealed]);
    return id;
  };
  const tooLarge = { note: 'long', metadata: { a: 'x'.repeat(700_000), b: 'x'.repeat(700_000) } };
  const tooFull = { note: 'long', metadata: { a: items(15_000), b: items(15_000) } };
  const tooDeep = { note: 'long', metadata: { a: nested(3000), b: 1 } };

  test.each<[string, object, string]>([
    ['bytes', tooLarge, '/metadata maxBytes'],
    ['members and items', tooFull, '/metadata maxMembers'],
  ])('%s: is read, changed elsewhere and made smaller, and does not grow', async (_what, record, fault) => {
    const id = await planted(record);
    expect((await read(id)).text).toContain(JSON.stringify(record).slice(1, -1));
    expect((await service.patch(id, { note: 'tiny' })).status).toBe(200);
    expect(refusal(await service.patch(id, { metadata: { c: 'more', d: 'more' } }))).toEqual(invalid(fault));
    expect((await service.patch(id, { metadata: { b: null, c: 'more' } })).status).toBe(200);
    expect((await service.patch(id, { metadata: { d: 'more' } })).status).toBe(200);
  });

  test('levels: is read, changed elsewhere and made flatter, and does not grow', async () => {
    const id = await planted(tooDeep);
    expect((await read(id)).text).toContain(JSON.stringify(tooDeep).slice(1, -1));
    const deeper = await service.patch(id, { metadata: { c: nested(10), b: null }, note: 'longer' });
    expect(deeper.status).toBe(200);
    const moved = [{ op: 'move', from: '/metadata/a', path: '/metadata/c/a' }];
    expect(refusal(await service.jsonPatch(id, moved))).toEqual(invalid('/0 maxDepth'));
    expect((await service.jsonPatch(id, [{ op: 'remove', path: '/metadata/a' }])).status).toBe(200);
  });
});
