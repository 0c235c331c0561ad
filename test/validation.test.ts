import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startService, type TestService } from './support/service.ts';

let service: TestService;
let id: string;
beforeAll(async () => {
  service = await startService();
  id = (await service.create())['id'];
});
afterAll(() => service.stop());

const secretWord = 'Personnummer-811218';
const names = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, n) => [`n${n}`, 'x']));

/** What is refused: the pointer, the rule, and a document with that one fault. */
const faults: [string, string, object][] = [
  ['/name', 'type', { name: 5 }],
  ['/name', 'type', { name: [secretWord] }],
  ['/kind', 'enum', { kind: secretWord }],
  ['/contacts/0/gender', 'enum', { contacts: [{ gender: secretWord }] }],
  ['/name', 'maxLength', { name: secretWord.repeat(20) }],
  ['/name', 'maxLength', { name: '👩'.repeat(301) }],
  ['/smsNumbers/1', 'maxLength', { smsNumbers: ['1', secretWord.repeat(5)] }],
  ['/email', 'format', { email: secretWord }],
  ['/contacts/0/email', 'format', { contacts: [{ email: `${secretWord}@` }] }],
  ['/birthDate', 'format', { birthDate: secretWord }],
  ['/birthDate', 'format', { birthDate: '2026-02-30' }],
  ['/activatedAt', 'format', { activatedAt: '2026-01-01T00:00:00' }],
  ['/locale', 'format', { locale: `${secretWord}!` }],
  ['/timeZone', 'format', { timeZone: secretWord }],
  ['/billing/paymentProfileId', 'format', { billing: { paymentProfileId: secretWord } }],
  ['/contacts/0/id', 'format', { contacts: [{ id: secretWord }] }],
  ['/billing/currency', 'pattern', { billing: { currency: 'sek' } }],
  ['/cooperative/sum', 'pattern', { cooperative: { sum: '1,5' } }],
  ['/nope', 'unknownMember', { nope: secretWord }],
  ['/a~1b~0c', 'unknownMember', { 'a/b~c': secretWord }],
  ['/constructor', 'unknownMember', { constructor: secretWord }],
  ['/toString', 'unknownMember', { toString: secretWord }],
  ['/billing/nope', 'unknownMember', { billing: { nope: secretWord } }],
  ['/contacts/1/nope', 'unknownMember', { contacts: [{}, { nope: secretWord }] }],
  ['/extensions/nope', 'unknownMember', { extensions: { nope: {} } }],
  ['/contacts', 'maxItems', { contacts: Array(101).fill({}) }],
  ['/smsNumbers', 'maxItems', { smsNumbers: ['1', '2', '3'] }],
  ['/contacts', 'type', { contacts: {} }],
  ['/contacts/0', 'type', { contacts: [null] }],
  ['/smsNumbers/0', 'type', { smsNumbers: [null] }],
  ['/billing', 'type', { billing: [] }],
  ['/billing/autoPay', 'type', { billing: { autoPay: 'yes' } }],
  ['/metadata', 'type', { metadata: [] }],
  ['/metadata', 'type', { metadata: secretWord }],
  ['/attributes/a', 'type', { attributes: { a: 5 } }],
  ['/attributes/a', 'type', { attributes: { a: null } }],
  ['/attributes/a', 'maxLength', { attributes: { a: 'x'.repeat(2001) } }],
  ['/attributes', 'maxProperties', { attributes: names(201) }],
  ['/externalIds', 'maxProperties', { externalIds: names(51) }],
  ['/attributes/', 'minLength', { attributes: { '': 'x' } }],
  [`/attributes/${'n'.repeat(129)}`, 'maxLength', { attributes: { ['n'.repeat(129)]: 'x' } }],
  [`/externalIds/${'n'.repeat(129)}`, 'maxLength', { externalIds: { ['n'.repeat(129)]: 'x' } }],
  ['/protectionLevel', 'maximum', { protectionLevel: 5 }],
  ['/protectionLevel', 'minimum', { protectionLevel: 0 }],
  ['/protectionLevel', 'type', { protectionLevel: 1.5 }],
];

describe('a record that would not be valid is refused with the place and the rule, and without the value', () => {
  test.each(faults)('%s: %s', async (pointer, rule, data) => {
    const before = await service.get(`/v1/customers/${id}`);
    const patch = Object.entries(data).map(([name, value]) => ({
      op: 'add',
      path: `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`,
      value,
    }));
    const answers = [
      await service.send('POST', '/v1/customers', { body: data }),
      await service.put(id, data),
      await service.jsonPatch(id, patch),
    ];
    for (const answer of answers) {
      expect(answer.status).toBe(422);
      expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
      expect(answer.body['type']).toBe('urn:customary:problem:validation-failed');
      expect(answer.body['errors']).toMatchObject([{ pointer, rule }]);
      expect(answer.body['errors'][0].detail).not.toBe('');
      expect(answer.text).not.toContain(secretWord);
    }
    expect((await service.get(`/v1/customers/${id}`)).text).toBe(before.text);
  });

  test('with all its faults, up to fifty', async () => {
    const some = await service.put(id, {
      name: 5,
      kind: 'x',
      contacts: [{ email: 'x' }, { nope: 1 }],
      nope: 1,
    });
    const pointers = some.body['errors'].map((fault: { pointer: string }) => fault.pointer);
    expect(pointers.toSorted()).toEqual(['/contacts/0/email', '/contacts/1/nope', '/kind', '/name', '/nope']);
    const many = await service.put(id, names(200));
    expect(many.body['errors']).toHaveLength(50);
  });
});

test.each<[object, string[]]>([
  [{ emial: null }, ['/emial']],
  [{ emial: null, name: 'Ada', 'a/b': null }, ['/emial', '/a~1b']],
  [{ billing: { emial: null } }, ['/billing/emial']],
  [
    { extensions: { nobody: null, keypro: { adress: null } } },
    ['/extensions/nobody', '/extensions/keypro/adress'],
  ],
])(
  'a merge patch that removes an unknown member is refused, and a batch with it: %j',
  async (patch, pointers) => {
    const errors = pointers.map((pointer) => ({
      pointer,
      rule: 'unknownMember',
      detail: 'is not a known member',
    }));
    const answer = await service.patch(id, patch);
    expect([answer.status, answer.body['errors']]).toEqual([422, errors]);
    const changes = [
      { op: 'mergePatch', id, body: patch },
      { op: 'mergePatch', id, body: { note: null } },
    ];
    const { body } = await service.send('POST', '/v1/customers/batch', { body: { changes } });
    expect(body['outcomes']).toMatchObject([{ status: 422, error: { errors } }, { status: 200 }]);
  },
);

test('what a JSON Patch removes has to be there, and names that are free are removed without', async () => {
  const removed = await service.jsonPatch(id, [{ op: 'remove', path: '/emial' }]);
  expect([removed.status, removed.body['errors'][0].rule]).toEqual([409, 'missing']);
  const nothing = { attributes: { x: null }, externalIds: { x: null }, metadata: { x: { y: null } } };
  const free = await service.patch(id, { ...nothing, extensions: { servitly: { x: null } }, email: null });
  expect(free.status).toBe(200);
});

test.each([
  ['a text as long as it may be, counted in characters', { name: '👩'.repeat(300) }],
  ['a list as long as it may be', { contacts: Array(100).fill({}), smsNumbers: ['1', '2'] }],
  ['a map as full as it may be', { attributes: names(200), externalIds: names(50) }],
  ['a name as long as it may be', { attributes: { ['n'.repeat(128)]: 'x'.repeat(2000) } }],
  ['names that JavaScript knows', { attributes: { constructor: 'x', toString: 'y', hasOwnProperty: 'z' } }],
  ['an exact decimal', { cooperative: { sum: '-123456789012345678.123456789' } }],
  ['several e-mail addresses', { email: 'a@example.org, b@example.org' }],
  ['a NUL and other controls', { name: 'a\u0000b\u0001\u007f', note: '\u2028' }],
])('%s is kept as it is', async (_what, data: object) => {
  const created = await service.create(data);
  const shown = JSON.parse(JSON.stringify(created, (name, value) => (name === 'id' ? undefined : value)));
  expect(shown).toMatchObject(data);
  expect((await service.get(`/v1/customers/${created['id']}`)).body).toEqual(created);
});

test.each([
  ['an unknown operation', { changes: [{ op: 'nope' }] }, '/changes/0/op', 'enum'],
  ['an unknown member', { changes: [], nope: 1 }, '/nope', 'unknownMember'],
  ['no change', { changes: [] }, '/changes', 'minItems'],
  ['no changes member', {}, '/changes', 'required'],
  ['an id that is none', { changes: [{ op: 'delete', id: secretWord }] }, '/changes/0/id', 'format'],
  ['too many changes', { changes: Array(1001).fill({ op: 'create', body: {} }) }, '/changes', 'maxItems'],
])('a batch with %s is refused whole, by pointer and rule', async (_what, body, pointer, rule) => {
  const answer = await service.send('POST', '/v1/customers/batch', { body });
  expect(answer.status).toBe(422);
  expect(answer.body['errors']).toContainEqual(expect.objectContaining({ pointer, rule }));
  expect(answer.text).not.toContain(secretWord);
});
