import { afterAll, beforeAll, expect, test } from 'vitest';
import { startReceiver } from '../support/receiver.ts';
import { startService, type TestService } from '../support/service.ts';
import { isSignedWith, makeWebhook, stored, toLoopback, until } from '../support/webhooks.ts';

const tables = ['webhook', 'webhook_delivery', 'outbox'];
const withoutCondition = new Set<string>();
const rewriteSql = (text: string): string => {
  const rewritten = text.replace(/\b(?:\w+\.)?tenant_id = \$1/g, '$1::uuid IS NOT NULL');
  for (const table of tables) {
    const names = new RegExp(`\\b(FROM|JOIN|UPDATE) ${table}\\b`).test(text);
    if (names && rewritten !== text && !/tenant_id = \$/.test(rewritten)) withoutCondition.add(table);
  }
  return rewritten;
};

let service: TestService;
beforeAll(async () => {
  service = await startService({ settings: toLoopback, rewriteSql });
});
afterAll(() => service.stop());

test('without the tenant condition in any statement, each tenant is still told of its own changes alone', async () => {
  const other = await service.otherTenant();
  const [mine, theirs] = [await startReceiver(), await startReceiver()];
  const own = await makeWebhook(service, { url: mine.url });
  const foreign = await makeWebhook({ app: service.app, tenantId: other.tenantId }, { url: theirs.url });
  const [{ id: myId }, { id: theirId }] = [await service.create(), await other.create()];
  await service.patch(myId, { note: 'x' });
  await other.patch(theirId, { note: 'x' });
  await Promise.all([mine.got(2), theirs.got(2)]);
  for (const { webhookId } of [own, foreign]) {
    await until(async () => (await stored(service.database, webhookId)).deliveries.length === 0);
  }
  expect(mine.messages.map(({ json }) => json['data'].id)).toEqual([myId, myId]);
  expect(theirs.messages.map(({ json }) => json['data'].id)).toEqual([theirId, theirId]);
  expect(mine.messages.every((message) => isSignedWith(own.secret, message))).toBe(true);
  expect(theirs.messages.some((message) => isSignedWith(own.secret, message))).toBe(false);
  expect([...withoutCondition].sort()).toEqual([...tables].sort());
});

test('no statement reads or changes a webhook of another tenant, nor writes one into it', async () => {
  const other = await service.otherTenant();
  const { webhookId } = await makeWebhook(service, { url: 'https://example.org/' });
  await service.database.query(
    `INSERT INTO webhook_delivery VALUES ($1, $2, $2, 1, $2, 'none', now(), 0, NULL, now() + interval '1 day')`,
    [service.tenantId, webhookId],
  );
  const before = await stored(service.database, webhookId);
  const attempt = (text: string, values: unknown[] = []) =>
    service.app.database.inTenant(other.tenantId, (sql) => sql(text, values));
  for (const table of ['webhook', 'webhook_delivery']) {
    expect(await attempt(`SELECT 1 FROM ${table}`), table).toEqual([]);
    expect(await attempt(`DELETE FROM ${table} RETURNING 1`), table).toEqual([]);
  }
  await attempt('UPDATE webhook SET ended_at = now()');
  await attempt('UPDATE webhook_delivery SET attempts = 9');
  await expect(
    attempt(
      `INSERT INTO webhook (tenant_id, webhook_id, contract, url, events, scopes, created_at, given_up)
       VALUES ($1, gen_random_uuid(), 'native', 'x', 'x', '', now(), 0)`,
      [service.tenantId],
    ),
  ).rejects.toMatchObject({ code: '42501' });
  expect(await stored(service.database, webhookId)).toEqual(before);
});
