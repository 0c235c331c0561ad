import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { commandIn, jsonOf, type RunCommand, temporaryDirectory } from '../support/command.ts';
import { startService, type TestService } from '../support/service.ts';

let service: TestService;
let run: RunCommand;
beforeAll(async () => {
  service = await startService();
  run = commandIn({ DATABASE_URL: service.database.url });
});
afterAll(() => service.stop());

const fileOf = async (text: string): Promise<string> => {
  const path = join(await temporaryDirectory(), 'document.json');
  await writeFile(path, text);
  return path;
};

test('a document is explained member by member: its place, what is kept apart, and what is ignored and why', async () => {
  const document = { customer_id: 7, status: 'OPEN', fields: [], parent_customer_id: 8, links: [] };
  const { rows } = jsonOf(await run(['explain', 'revio', await fileOf(JSON.stringify(document)), '--json']));
  expect(rows).toEqual([
    { wire: '/customer_id', wireValue: 7, canonical: '/number', note: 'set by the service alone' },
    {
      wire: '/parent_customer_id',
      wireValue: 8,
      canonical: '/parentId',
      canonicalValue: 'the id of customer 8',
    },
    { wire: '/status', wireValue: 'OPEN', canonical: '/status', canonicalValue: 'active' },
    expect.objectContaining({ wire: '/fields', canonical: '/extensions/revio/fields' }),
    { wire: '/links', wireValue: [], note: 'ignored, says nothing of the record' },
  ]);
});

test('a document is judged as the service judges it, in the normal form of its contract', async () => {
  const rowsOf = async (contract: string, document: object) => {
    const path = await fileOf(JSON.stringify(document));
    return jsonOf(await run(['explain', contract, path, '--json']))['rows'];
  };
  const contact = { role: 'NONE', firstName: 'Ada', remarks: '' };
  expect(await rowsOf('flolive', { name: '', contact, campaign: 17, address: [] })).toEqual([
    { wire: '/name', wireValue: null, canonical: '/name' },
    { wire: '/contact/0/role', wireValue: 'NONE', canonical: '/contacts/0/selfCare', canonicalValue: false },
    {
      wire: '/contact/0/firstName',
      wireValue: 'Ada',
      canonical: '/contacts/0/firstName',
      canonicalValue: 'Ada',
    },
    { wire: '/contact/0/remarks', wireValue: null, canonical: '/contacts/0/remarks' },
    expect.objectContaining({ wire: '/campaign', wireValue: [17], canonicalValue: [17] }),
    { wire: '/address', wireValue: null, note: 'leaves no value in the record' },
  ]);
  const [activated, status] = await rowsOf('revio', { activated_date: '2015-03-05T12:18:32' });
  expect(activated).toMatchObject({ canonical: '/activatedAt', canonicalValue: '2015-03-05T12:18:32Z' });
  expect(status).toMatchObject({ wire: '/status', wireValue: 'OPEN', canonicalValue: 'active' });
  expect(await rowsOf('revio', { status: 'ALL', suspended: true, nick: 1 })).toEqual([
    { wire: '/status', wireValue: 'ALL', note: 'must be one of OPEN, PENDING, CLOSED, PROSPECT' },
    { wire: '/suspended', wireValue: true, note: 'leaves no value in the record' },
    { wire: '/nick', wireValue: 1, note: 'ignored, says nothing of the record' },
  ]);
});

test('a stored customer is explained the other way, with what the contract does not say', async () => {
  const parent = await service.create({ kind: 'organisation' });
  const { id } = await service.create({ kind: 'person', name: 'Ada', parentId: parent['id'] });
  const words = ['explain', 'revio', id, '--tenant', service.tenantName];
  const { rows } = jsonOf(await run([...words, '--json']));
  const row = (canonical: string) => rows.find((one: { canonical?: string }) => one.canonical === canonical);
  expect(row('/parentId')).toMatchObject({ wire: '/parent_customer_id', wireValue: parent['number'] });
  expect(row('/name')).toEqual({
    canonical: '/name',
    canonicalValue: 'Ada',
    note: 'not said by the contract',
  });
  expect((await run(words)).stdout).toMatch(/^DOCUMENT +VALUE +RECORD +VALUE +NOTE$/m);
});

test('what cannot be explained is refused with a sentence', async () => {
  const broken = await fileOf('{"a":1,"a":2}');
  const refused: [string[], string][] = [
    [['nobody', broken], 'There is no contract nobody to explain'],
    [['revio', broken], 'not well-formed JSON'],
    [['revio', await fileOf('[]')], 'must be a JSON object'],
    [['revio', join(await temporaryDirectory(), 'none')], "can't be read (ENOENT)"],
    [['revio', '0190b5a4-7c1e-7000-8000-2f6d3c0e9a11'], 'add --tenant'],
  ];
  for (const [words, sentence] of refused) {
    const { code, stdout, stderr } = await run(['explain', ...words]);
    expect([code, stdout], sentence).toEqual([2, '']);
    expect(stderr).toContain(sentence);
  }
});
