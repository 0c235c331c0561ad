import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createClient } from '../support/client.ts';
import { commandIn, jsonOf, temporaryDirectory } from '../support/command.ts';
import { startProcess } from '../support/process.ts';

test('on the embedded database the commands work alone, two at once, and beside the service', async () => {
  const environment = { DATA_DIR: join(await temporaryDirectory(), 'data') };
  const run = commandIn(environment);

  const { applied } = jsonOf(await run(['migrate', '--json']));
  expect(applied).toContain('0001-customer-record.sql');
  const pair = await Promise.all(['acme', 'beta'].map((name) => run(['tenant', 'create', name, '--json'])));
  expect(pair.map(jsonOf)).toMatchObject([{ name: 'acme' }, { name: 'beta' }]);
  // What ran for the moment is gone.
  await expect(readFile(join(environment.DATA_DIR, 'postgres', 'postmaster.pid'))).rejects.toThrow('ENOENT');

  const service = await startProcess(environment);
  const scopes = 'customer:read,customer:write,history:read';
  const words = ['key', 'create', '--tenant', 'acme', '--scopes', scopes, '--json'];
  const client = createClient(service.address, jsonOf(await run(words))['secret']);
  const { id } = await client.create({ kind: 'person', name: 'Grace Hopper' });
  await run(['customer', 'patch', id, '{"note":"by the operator"}', '--tenant', 'acme']);
  expect((await client.get(`/v1/customers/${id}/history`)).body['entries'][0]).toMatchObject({
    version: 2,
    contract: 'cli',
  });
  expect(await service.end()).toBe(0);
});
