import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startService, type TestService } from '../support/service.ts';
import { openWire, type Wire } from '../support/wire.ts';

let service: TestService;
let wire: Wire;
let id: string;
let before: string;
let port: number;
beforeAll(async () => {
  service = await startService();
  wire = openWire(service.address, service.secret);
  id = (await service.create({ kind: 'person', name: 'Ada', contacts: [{ firstName: 'Byron' }] }))['id'];
});
afterAll(async () => {
  wire.close();
  await service.stop();
});

const read = () => wire.send({ path: `/v1/customers/${id}` });
const countsOf = async () =>
  (await service.database.query('SELECT (SELECT count(*) FROM customer), (SELECT count(*) FROM history)'))[0];
let counts: object | undefined;
beforeEach(async () => {
  const answer = await read();
  before = answer.text;
  port = answer.localPort;
  counts = await countsOf();
});
/** Nothing was changed, and the connection that carried the bad request carries the next one. */
afterEach(async () => {
  const answer = await read();
  expect(answer.text).toBe(before);
  expect(answer.localPort).toBe(port);
  expect(await countsOf()).toEqual(counts);
});

const mergePatch = 'application/merge-patch+json';
const jsonPatch = 'application/json-patch+json';
const nested = (depth: number) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;
const lone = '"\\ud800"';

type Expected = { status: number; pointer: string; rule: string };
const bad = (status: number, pointer: string, rule: string): Expected => ({ status, pointer, rule });

/** Bodies that no operation takes, whatever it does. */
const texts: [string, string | Buffer, Expected][] = [
  ['nothing', '', bad(400, '', 'syntax')],
  ['no JSON', 'name=Ada', bad(400, '', 'syntax')],
  ['a cut text', '{"name":"Ada', bad(400, '', 'syntax')],
  ['more after the end', '{} {}', bad(400, '', 'syntax')],
  ['a trailing comma', '{"name":"Ada",}', bad(400, '', 'syntax')],
  ['a comment', '{/* x */}', bad(400, '', 'syntax')],
  ['NaN', '{"metadata":{"n":NaN}}', bad(400, '/metadata/n', 'syntax')],
  ['a raw control character', '{"name":"A\u0001"}', bad(400, '/name', 'syntax')],
  ['a raw NUL', '{"name":"A\u0000"}', bad(400, '/name', 'syntax')],
  ['a byte order mark', '\ufeff{"name":"Ada"}', bad(400, '', 'syntax')],
  ['a duplicate member', '{"name":"A","name":"B"}', bad(400, '/name', 'duplicateMember')],
  ['a duplicate in escapes', '{"name":"A","n\\u0061me":"B"}', bad(400, '/name', 'duplicateMember')],
  [
    'a duplicate deep down',
    '{"billing":{"name":"A","name":"A"}}',
    bad(400, '/billing/name', 'duplicateMember'),
  ],
  ['2^53', '{"metadata":{"n":9007199254740992}}', bad(400, '/metadata/n', 'integerRange')],
  ['-2^53', '{"metadata":{"n":-9007199254740992}}', bad(400, '/metadata/n', 'integerRange')],
  ['10^16 in parts', '{"metadata":{"n":0.1e17}}', bad(400, '/metadata/n', 'integerRange')],
  ['an overflow', '{"metadata":{"n":1e999}}', bad(400, '/metadata/n', 'integerRange')],
  ['invalid UTF-8', Buffer.from('{"name":"\xff"}', 'latin1'), bad(400, '', 'utf8')],
  ['overlong UTF-8', Buffer.from('{"name":"\xc0\x80"}', 'latin1'), bad(400, '', 'utf8')],
  ['a surrogate in UTF-8', Buffer.from('{"name":"\xed\xa0\x80"}', 'latin1'), bad(400, '', 'utf8')],
  ['a lone surrogate', `{"name":${lone}}`, bad(400, '/name', 'utf8')],
  ['a lone surrogate in a name', `{"metadata":{${lone}:1}}`, bad(400, '/metadata', 'utf8')],
  ['__proto__', '{"__proto__":{"name":"x"}}', bad(400, '/__proto__', 'memberName')],
  [
    '__proto__ inside',
    '{"metadata":{"a":[{"__proto__":1}]}}',
    bad(400, '/metadata/a/0/__proto__', 'memberName'),
  ],
  ['__proto__ in escapes', '{"\\u005f_proto__":1}', bad(400, '/__proto__', 'memberName')],
  ['33 levels', `{"metadata":${nested(32)}}`, bad(400, `/metadata${'/a'.repeat(31)}`, 'maxDepth')],
  ['100,000 levels', '['.repeat(100_000), bad(400, '/0'.repeat(32), 'maxDepth')],
  [
    'too many members',
    `{"metadata":{"a":[${'0,'.repeat(20_000)}0]}}`,
    bad(400, '/metadata/a/19998', 'maxMembers'),
  ],
];

describe.each([
  ['PATCH', mergePatch],
  ['PATCH', jsonPatch],
  ['PUT', 'application/json'],
  ['POST', 'application/json'],
])('%s of %s refuses', (method, contentType) => {
  test.each(texts)('%s', async (_what, body, { status, pointer, rule }) => {
    const path = method === 'POST' ? '/v1/customers' : `/v1/customers/${id}`;
    const answer = await wire.send({ method, path, headers: { 'content-type': contentType }, body });
    expect(answer.body).toMatchObject({ type: 'urn:customary:problem:invalid-json', status });
    expect(answer.status).toBe(status);
    const [fault] = answer.body['errors'];
    expect(fault.detail).not.toBe('');
    expect([fault.rule, fault.pointer]).toEqual([rule, rule === 'syntax' ? fault.pointer : pointer]);
  });
});

/** Documents that are JSON and no customer. */
const documents: [unknown, string, string][] = [
  [[], '', 'type'],
  ['text', '', 'type'],
  [null, '', 'type'],
  [{ nmae: 'Ada' }, '/nmae', 'unknownMember'],
  [{ 'a/b~c': 1 }, '/a~1b~0c', 'unknownMember'],
  [{ constructor: { prototype: {} } }, '/constructor', 'unknownMember'],
  [{ toString: 'x' }, '/toString', 'unknownMember'],
  [{ hasOwnProperty: 'x' }, '/hasOwnProperty', 'unknownMember'],
  [{ billing: { constructor: 'x' } }, '/billing/constructor', 'unknownMember'],
  [{ contacts: [{ valueOf: 'x' }] }, '/contacts/0/valueOf', 'unknownMember'],
  [{ name: 7 }, '/name', 'type'],
  [{ name: { first: 'Ada' } }, '/name', 'type'],
  [{ contacts: {} }, '/contacts', 'type'],
  [{ contacts: ['Ada'] }, '/contacts/0', 'type'],
  [{ contacts: [null] }, '/contacts/0', 'type'],
  [{ kind: 'robot' }, '/kind', 'enum'],
  [{ name: 'x'.repeat(301) }, '/name', 'maxLength'],
  [{ email: 'nobody' }, '/email', 'format'],
  [{ birthDate: '2000-02-30' }, '/birthDate', 'format'],
  [{ parentId: 'root' }, '/parentId', 'format'],
  [{ protectionLevel: 5 }, '/protectionLevel', 'maximum'],
  [{ protectionLevel: '1' }, '/protectionLevel', 'type'],
  [{ billing: { currency: 'eur' } }, '/billing/currency', 'pattern'],
  [{ attributes: { a: 1 } }, '/attributes/a', 'type'],
  [{ version: 7 }, '/version', 'readOnly'],
];

test.each(documents)(
  '%j is refused by every operation, with its member and its rule',
  async (document, pointer, rule) => {
    const headers = { 'content-type': 'application/json' };
    const at = `/v1/customers/${id}`;
    const body = JSON.stringify(document);
    const answers = [
      await wire.send({ method: 'POST', path: '/v1/customers', headers, body }),
      await wire.send({ method: 'PUT', path: at, headers, body }),
      await wire.send({ method: 'PATCH', path: at, headers, body }),
      await wire.send({ method: 'PATCH', path: `${at}?dryRun=true`, headers, body }),
    ];
    const changes = ['create', 'mergePatch', 'replace'].map((op) => ({
      op,
      ...(op === 'create' ? {} : { id }),
      body: document,
    }));
    const batch = await wire.send({
      method: 'POST',
      path: '/v1/customers/batch',
      headers,
      body: JSON.stringify({ changes }),
    });
    const problems = [
      ...answers.map((one) => one.body),
      ...batch.body['outcomes'].map((one: { error: object }) => one.error),
    ];
    for (const problem of problems) {
      expect(problem).toMatchObject({ type: 'urn:customary:problem:validation-failed', status: 422 });
      expect(problem.errors[0]).toMatchObject({ pointer, rule });
    }
  },
);

const patches: [unknown, string, string, string][] = [
  [{}, 'invalid-patch', '', 'type'],
  [['x'], 'invalid-patch', '/0', 'type'],
  [[{ op: 'put', path: '/name' }], 'invalid-patch', '/0/op', 'enum'],
  [[{ op: 'add', path: '/name' }], 'invalid-patch', '/0/value', 'required'],
  [[{ op: 'remove' }], 'invalid-patch', '/0/path', 'required'],
  [[{ op: 'add', path: 'name', value: 1 }], 'invalid-patch', '/0/path', 'pointer'],
  [[{ op: 'add', path: '/a~2', value: 1 }], 'invalid-patch', '/0/path', 'pointer'],
  [[{ op: 'add', path: '/__proto__/name', value: 'x' }], 'invalid-patch', '/0/path', 'memberName'],
  [[{ op: 'copy', path: '/name', from: '/__proto__' }], 'invalid-patch', '/0/from', 'memberName'],
  [[{ op: 'add', path: '/constructor/prototype/x', value: 'x' }], 'patch-conflict', '/0', 'missing'],
  [[{ op: 'copy', path: '/name', from: '/toString' }], 'patch-conflict', '/0', 'missing'],
  [[{ op: 'replace', path: '/contacts/length', value: 0 }], 'patch-conflict', '/0', 'missing'],
  [[{ op: 'add', path: '/contacts/7', value: {} }], 'patch-conflict', '/0', 'index'],
  [[{ op: 'test', path: '/name', value: 'Eve' }], 'patch-conflict', '/0', 'test'],
  [[{ op: 'remove', path: '' }], 'patch-conflict', '/0', 'root'],
  [[{ op: 'add', path: '/constructor', value: 'x' }], 'validation-failed', '/constructor', 'unknownMember'],
  [[{ op: 'add', path: '', value: [] }], 'validation-failed', '', 'type'],
  [Array(1001).fill({ op: 'test', path: '/name', value: 'Ada' }), 'invalid-patch', '', 'maxOperations'],
];

test.each(patches)('a JSON Patch %j is refused', async (patch, code, pointer, rule) => {
  const answer = await wire.send({
    method: 'PATCH',
    path: `/v1/customers/${id}`,
    headers: { 'content-type': jsonPatch },
    body: JSON.stringify(patch),
  });
  expect(answer.body).toMatchObject({ type: `urn:customary:problem:${code}`, errors: [{ pointer, rule }] });
  expect(({} as Record<string, unknown>)['name']).toBeUndefined();
});

test.each([
  ['{"changes":[]}', '/changes', 'minItems'],
  [`{"changes":[${Array(1001).fill('{"op":"create","body":{}}').join()}]}`, '/changes', 'maxItems'],
  ['{"change":[]}', '/changes', 'required'],
  ['{"changes":[{"op":"upsert"}]}', '/changes/0/op', 'enum'],
  ['{"changes":[{"op":"delete","id":"1"}]}', '/changes/0/id', 'format'],
  ['{"changes":[{"op":"create","body":{},"extra":1}]}', '/changes/0/extra', 'unknownMember'],
  ['{"changes":[{"op":"create","body":{},"__proto__":{}}]}', '/changes/0/__proto__', 'memberName'],
])('a batch %.60s is refused as a whole', async (body, pointer, rule) => {
  const headers = { 'content-type': 'application/json' };
  const answer = await wire.send({ method: 'POST', path: '/v1/customers/batch', headers, body });
  expect([400, 422]).toContain(answer.status);
  expect(answer.body['errors'][0]).toMatchObject({ pointer, rule });
});
