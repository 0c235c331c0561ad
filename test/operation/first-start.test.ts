import { createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { makeDemo } from '../../src/cli/demo.ts';
import type { Door } from '../../src/customer/execute.ts';
import { sampleCustomers } from '../../src/samples/sample-customers.ts';
import { createClient } from '../support/client.ts';
import { commandIn } from '../support/command.ts';
import { createTestDatabase } from '../support/database.ts';
import { startProcess } from '../support/process.ts';
import { startService } from '../support/service.ts';

/** What the demo is made of, until the start is killed after this many changes. */
const killedAfter = (changes: number, door: Door): Door => {
  let left = changes;
  const killed = () => Promise.reject(new Error('killed'));
  return { ...door, execute: (command) => (left-- > 0 ? door.execute(command) : killed()) };
};

test.each([0, 20, sampleCustomers.length])(
  'a first start that was killed when it had made %i customers is finished by the next one, which shows the key',
  async (made) => {
    const database = await createTestDatabase();
    onTestFinished(database.drop);
    const killed = await startService({
      database,
      prepare: async (opened, door) => void (await makeDemo(opened, killedAfter(made, door)).catch(() => {})),
    });
    await killed.stop();
    const { app, ...service } = await startService({ database });
    const next = await makeDemo(app.database, app.door);
    const { body } = await createClient(app.address, next?.key ?? '').get('/v1/customers?limit=500');
    await next?.shown();
    const later = await makeDemo(app.database, app.door);
    await service.stop();
    expect(body['customers']).toHaveLength(sampleCustomers.length);
    expect(later).toBe(undefined);
    expect(await database.query(`SELECT 1 AS one FROM tenant WHERE name = 'demo'`)).toHaveLength(1);
  },
);

test('a first start whose port is in use makes nothing that is not shown later', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  const { port } = await new Promise<{ port: number }>((resolve) =>
    other.once('listening', () => resolve(other.address() as { port: number })),
  );
  const database = await createTestDatabase();
  onTestFinished(database.drop);
  const environment = { DATABASE_URL: database.url, LOG_LEVEL: 'silent' };
  const failed = await commandIn({ ...environment, PORT: String(port) })(['serve']);
  other.close();
  expect(failed).toMatchObject({ code: 2, stdout: '' });
  const next = await startProcess(environment);
  await next.end();
  expect(next.output()).toMatch(/\bcus_\w+/);
});
