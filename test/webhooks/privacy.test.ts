import { afterAll, beforeAll, expect, test } from 'vitest';
import { createClient } from '../support/client.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { fullCustomer } from '../support/full-customer.ts';
import { type ServiceProcess, startProcess } from '../support/process.ts';
import { startReceiver } from '../support/receiver.ts';
import { startService, type TestService } from '../support/service.ts';
import { makeWebhook, stored, toLoopback, until } from '../support/webhooks.ts';

/** Every value of the customer holds one of these. */
const canary = /Zopen|Zpersonal|Zsecret|Zcanary/i;

let database: TestDatabase;
let maker: TestService;
let service: ServiceProcess;
beforeAll(async () => {
  database = await createTestDatabase();
  maker = await startService({ database, settings: toLoopback });
});
afterAll(async () => {
  await service.end();
  await database.drop();
});

test('values of a customer are in messages alone: not in the rows of webhooks, not in logs and metrics', async () => {
  const good = await startReceiver();
  const bad = await startReceiver(() => 500);
  const one = await makeWebhook(maker, { url: good.url });
  const other = await makeWebhook(maker, { url: `${bad.url}?token=Zcanary` });
  const away = await makeWebhook(maker, { url: 'https://Zcanary.invalid/' });
  const broken = await makeWebhook(maker, { url: good.url, contract: 'gone' });
  // Only the process that is looked at tells them.
  await maker.stop();
  service = await startProcess({ DATABASE_URL: database.url, LOG_LEVEL: 'trace', ...toLoopback });
  const client = createClient(service.address, maker.secret);
  const { id } = await client.create(fullCustomer());
  await client.patch(id, { name: 'Zcanary', metadata: { Zcanary: 1 } });
  const [message] = await good.got(2);
  await bad.got(1);
  expect(message?.body).toMatch(canary);
  const failed = async (webhookId: string) =>
    (await stored(database, webhookId)).webhook?.['lastFailure'] !== null;
  for (const { webhookId } of [other, away, broken]) await until(() => failed(webhookId));
  // The last thing that can be told of an event: it is given up, and its webhook ends where that is to blame.
  for (const { webhookId } of [other, away, broken]) {
    await database.query(
      `UPDATE webhook_delivery SET failed_at = now() - interval '73 hours', due_at = now() WHERE webhook_id = $1`,
      [webhookId],
    );
    await database.query(
      `UPDATE webhook SET failing_since = now() - interval '73 hours', retry_at = NULL WHERE webhook_id = $1`,
      [webhookId],
    );
    await until(async () => {
      const { webhook } = await stored(database, webhookId);
      return webhookId === broken.webhookId ? Number(webhook?.['givenUp']) > 0 : webhook?.['ended'] === true;
    });
  }
  const rows = await database.query<{ row: string }>(
    `SELECT d::text AS row FROM webhook_delivery d UNION ALL SELECT row (w.events, w.scopes, w.last_failure)::text
     FROM webhook w`,
  );
  expect(rows.length).toBeGreaterThan(4);
  expect(rows.filter(({ row }) => canary.test(row))).toEqual([]);
  const metrics = await (await fetch(`${service.address}/metrics`)).text();
  expect(metrics).toMatch(/customary_webhook_attempts_total\{contract="native",outcome="delivered"\} 2/);
  expect(metrics).not.toMatch(canary);
  await service.end();
  expect(service.output()).toMatch(/a webhook has ended/);
  expect(service.output()).toMatch(/an event could not be written/);
  expect(service.output()).toMatch(/an event that could not be written was given up/);
  expect(
    service
      .output()
      .split('\n')
      .filter((line) => canary.test(line)),
  ).toEqual([]);
  for (const { secret } of [one, other]) expect(service.output()).not.toContain(secret.slice(6));
});
