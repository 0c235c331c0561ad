import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Client, createClient } from '../support/client.ts';
import { commandIn, jsonOf, type RunCommand, temporaryDirectory } from '../support/command.ts';
import { startService, type TestService } from '../support/service.ts';

let service: TestService;
let run: RunCommand;
let client: Client;
let id: string;

/** The commands beside the service, on one PostgreSQL server. */
beforeAll(async () => {
  service = await startService();
  run = commandIn({ DATABASE_URL: service.database.url });
  const tenants = await run(['tenant', 'create', 'acme', '--json']);
  const key = await run([
    ...['key', 'create', '--tenant', 'acme', '--scopes', 'customer:read,customer:write,personal:write'],
    ...['--name', 'importer', '--json'],
  ]);
  expect(Object.keys(jsonOf(tenants))).toEqual(['id', 'name']);
  client = createClient(service.address, jsonOf(key)['secret']);
  const created = await client.create({
    kind: 'person',
    name: 'Ada Lovelace',
    note: 'first',
  });
  id = created['id'];
});
afterAll(() => service.stop());

const inAcme = ['--tenant', 'acme'];

describe('tenants', () => {
  test('are listed as a table for a person and as JSON for a program', async () => {
    const [text, json] = await Promise.all([run(['tenant', 'list']), run(['tenant', 'list', '--json'])]);
    expect(text.stdout.split('\n')[0]).toMatch(/^NAME +ID +CREATED$/);
    expect(text.stdout).toMatch(/^acme +[0-9a-f-]{36} +\d{4}-/m);
    const acme = jsonOf(json)['tenants'].find((one: { name: string }) => one.name === 'acme');
    expect(Object.keys(acme)).toEqual(['id', 'name', 'createdAt']);
  });

  test('with a name that is taken or not allowed are refused with a sentence', async () => {
    const [taken, wrong] = await Promise.all([
      run(['tenant', 'create', 'acme']),
      run(['tenant', 'create', 'Acme AB']),
    ]);
    expect(taken).toEqual({
      code: 2,
      stdout: '',
      stderr: 'customary: There is a tenant named acme already.\n',
    });
    expect(wrong).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining('lower-case letters'),
    });
  });
});

describe('keys', () => {
  const create = ['key', 'create', ...inAcme, '--scopes', 'customer:read'];

  test('carry what was asked for, and work until they are revoked', async () => {
    const words = ['--customer', id, '--contract', 'native', '--expires', '2999-12-31', '--json'];
    const key = jsonOf(await run([...create, ...words]));
    expect(key).toEqual({
      id: expect.stringMatching(/^key_/),
      secret: expect.stringMatching(/^cus_/),
      tenant: 'acme',
      prefix: expect.stringMatching(/^cus_/),
      name: key['id'],
      scopes: ['customer:read'],
      contract: 'native',
      customerId: id,
      expiresAt: '2999-12-31T00:00:00.000Z',
    });
    const bound = createClient(service.address, key['secret']);
    expect((await bound.get(`/v1/customers/${id}`)).status).toBe(200);

    const revoke = ['key', 'revoke', key['id'], ...inAcme];
    expect(await run(revoke)).toMatchObject({ code: 0, stdout: `The key ${key['id']} is revoked.\n` });
    const revokedAt = performance.now();
    while ((await bound.get(`/v1/customers/${id}`)).status !== 401) {
      if (performance.now() - revokedAt > 1000) throw new Error('The revoked key still works');
    }
    expect(await run(revoke)).toMatchObject({ code: 3, stderr: expect.stringContaining('key list') });
    const { keys } = jsonOf(await run(['key', 'list', ...inAcme, '--json']));
    expect(keys.find((one: { id: string }) => one.id === key['id']).state).toBe('revoked');
  });

  test('are shown to a person with the secret once, and in the list without it', async () => {
    const made = await run(create);
    const [, secret = ''] = /^secret: (\S+)$/m.exec(made.stdout) ?? [];
    expect((await createClient(service.address, secret).get(`/v1/customers/${id}`)).status).toBe(200);
    const list = await run(['key', 'list', ...inAcme]);
    expect(list.stdout).toMatch(/^key_\S+ +live +importer +customer:read,customer:write,personal:write/m);
    expect(list.stdout).not.toContain(secret.slice(-30));
  });

  test.each([
    [
      ['--scopes', 'customer:read,customer:fly'],
      2,
      /no scope customer:fly.*customer:write +create and change/s,
    ],
    [['--scopes', 'admin', '--contract', 'other'], 2, /The contracts are: .*native/],
    [['--scopes', 'admin', '--expires', '2001-01-01'], 2, /over already/],
    [['--scopes', 'admin', '--expires', '2999-02-31'], 2, /a day that there is/],
    [['--scopes', 'admin', '--expires', '2999-04-31T00:00:00Z'], 2, /a day that there is/],
    [['--scopes', 'admin', '--customer', '01890a5d-ac96-774b-bcce-b302099a8057'], 3, /no such customer/],
  ])('that can not be made as asked are not made: %j', async (words, code, sentence) => {
    const result = await run(['key', 'create', ...inAcme, ...words]);
    expect(result).toMatchObject({ code, stdout: '', stderr: expect.stringMatching(sentence) });
  });

  test('of a tenant that is not there are refused with a hint', async () => {
    const result = await run(['key', 'list', '--tenant', 'acne']);
    expect(result).toMatchObject({
      code: 3,
      stdout: '',
      stderr: expect.stringContaining('customary tenant list'),
    });
  });
});

describe('customers', () => {
  test('are changed by the rules of the API, and the history tells the operator and the reason', async () => {
    const words = [
      'customer',
      'patch',
      id,
      '{"note":"second"}',
      ...inAcme,
      '--reason',
      'Bad på svenska',
      '--json',
    ];
    expect(jsonOf(await run(words))).toMatchObject({ id, note: 'second' });
    const { entries } = jsonOf(await run(['customer', 'history', id, ...inAcme, '--limit', '1', '--json']));
    expect(entries[0]).toMatchObject({
      principal: expect.stringMatching(/^cli:./),
      contract: 'cli',
      reason: 'Bad på svenska',
      changes: [{ path: '/note', after: 'second' }],
    });
    const before = await run([
      'customer',
      'get',
      id,
      ...inAcme,
      '--as-of',
      '1',
      '--fields',
      'note',
      '--json',
    ]);
    expect(jsonOf(before)).toEqual({ id, version: 1, note: 'first' });
    const text = await run(['customer', 'history', id, ...inAcme]);
    expect(text.stdout).toMatch(
      /^version 2 .* customer.update by cli:\S+ through cli\n {2}because: Bad på svenska\n/,
    );
  });

  test('are patched from standard input and from a file, and a dry run changes nothing', async () => {
    const file = join(await temporaryDirectory(), 'patch.json');
    await writeFile(file, '[{"op":"add","path":"/language","value":"en"}]');
    const patch = ['customer', 'patch', id];
    const fromFile = await run([...patch, `@${file}`, '--json-patch', ...inAcme, '--json']);
    expect(jsonOf(fromFile)).toMatchObject({ language: 'en' });
    const fromInput = await run([...patch, '-', ...inAcme], '{"language":"sv"}');
    expect(fromInput.stdout).toMatch(/^ {2}language: sv$/m);
    const dry = await run([...patch, '{"language":"de"}', ...inAcme, '--dry-run']);
    expect(dry.stdout).toBe('This would change:\n  /language: sv → de\n');
    expect((await client.get(`/v1/customers/${id}`)).body['language']).toBe('sv');
  });

  test('are changed once by a repeated idempotency key, and only at the version that was named', async () => {
    const words = [
      'customer',
      'patch',
      id,
      '{"timeZone":"Europe/Paris"}',
      ...inAcme,
      '--idempotency-key',
      'k1',
    ];
    const first = await run([...words, '--json']);
    expect(await run([...words, '--json'])).toEqual(first);
    const stale = ['customer', 'patch', id, '{"note":"stale"}', ...inAcme, '--if-match', '1'];
    const problem = await run([...stale, '--json']);
    expect(problem).toMatchObject({ code: 4, stdout: '' });
    expect(JSON.parse(problem.stderr)).toMatchObject({ type: 'urn:customary:problem:precondition-failed' });
    const merged = await run([
      ...words.slice(0, 3),
      '{"source":"web"}',
      ...inAcme,
      '--if-match',
      '1',
      '--on-conflict',
      'merge',
      '--json',
    ]);
    expect(jsonOf(merged)).toMatchObject({ source: 'web', timeZone: 'Europe/Paris' });
  });

  test('are listed, filtered and paged', async () => {
    const json = await run([
      'customer',
      'list',
      ...inAcme,
      '--filter',
      'name=ada',
      '--sort',
      '-number',
      '--json',
    ]);
    expect(jsonOf(json)['customers']).toMatchObject([{ id, name: 'Ada Lovelace' }]);
    const text = await run(['customer', 'list', ...inAcme, '--limit', '1']);
    expect(text.stdout).toMatch(/^NUMBER +NAME .*\n1001 +Ada Lovelace +person/);
    const none = await run(['customer', 'list', ...inAcme, '--filter', 'name=nobody']);
    expect(none.stdout).toBe('No customer was found.\n');
  });

  test.each([
    [['list', '--filter', 'name=ada', '--filter', 'name=bob'], 2, 'The filter name is given twice'],
    [['list', '--filter', 'limit=1'], 2, 'There is no filter limit'],
    [['list', '--filter', 'fields=name'], 2, 'There is no filter fields'],
    [['get', 'ID', '--as-of', '99'], 3, 'The customer has no such version.'],
    [['get', 'ID', '--as-of', '2001-01-01T00:00:00Z'], 3, 'The customer was not there then.'],
    [['patch', 'ID', '{"note":"x"}', '--idempotency-key', ''], 2, 'value: The key must not be empty.\n'],
    [['patch', 'ID', '{"note":'], 2, 'not well-formed JSON'],
    [['patch', 'ID', '@/nowhere'], 2, "can't be read (ENOENT)"],
    [['patch', 'ID', '{"version":99}'], 4, '/version: is set by the service alone'],
  ])('refuse with a sentence, and print no result: %j', async (words, code, sentence) => {
    const result = await run(['customer', ...words.map((word) => (word === 'ID' ? id : word)), ...inAcme]);
    expect(result).toMatchObject({ code, stdout: '', stderr: expect.stringContaining(sentence) });
  });
});
