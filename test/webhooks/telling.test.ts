import { afterAll, beforeAll, expect, test } from 'vitest';
import { createWebhookStore } from '../../src/storage/webhook-deliveries.ts';
import { range } from '../support/answers.ts';
import { heldAnswer, startReceiver } from '../support/receiver.ts';
import { startService, type TestService } from '../support/service.ts';
import { isSignedWith, makeWebhook, stored, toLoopback, until } from '../support/webhooks.ts';

let service: TestService;
beforeAll(async () => {
  service = await startService({ settings: toLoopback });
});
afterAll(() => service.stop());

test('every change is told once, with the event of its outbox row and the customer as that change left it', async () => {
  const receiver = await startReceiver();
  await makeWebhook(service, { url: receiver.url });
  const { id } = await service.create({ name: 'Ada' });
  await service.patch(id, { note: 'second' });
  await service.patch(id, { note: null });
  await service.remove(id);
  await service.send('POST', `/v1/customers/${id}/history/4/undo`);
  const messages = await receiver.got(5);
  expect(messages.map(({ json }) => [json['type'], json['data'].version, json['data'].note])).toEqual([
    ['customer.created', 1, undefined],
    ['customer.updated', 2, 'second'],
    ['customer.updated', 3, undefined],
    ['customer.deleted', 4, undefined],
    ['customer.updated', 5, undefined],
  ]);
  const [first] = messages;
  expect(Object.keys(first?.json ?? {})).toEqual(['eventId', 'type', 'occurredAt', 'data']);
  expect(first?.json['data']).toMatchObject({ id, name: 'Ada', createdAt: first?.json['occurredAt'] });
  expect(new Set(messages.map(({ json }) => json['eventId'])).size).toBe(5);
  expect(first?.headers).toMatchObject({
    'webhook-id': first?.json['eventId'],
    'content-type': 'application/json; charset=utf-8',
    'user-agent': expect.stringMatching(/^Customary\/\d/),
  });
});

test('a message is signed with the secret of its webhook, for the moment of the attempt', async () => {
  const receiver = await startReceiver();
  const one = await makeWebhook(service, { url: receiver.url });
  const other = await makeWebhook(service, { url: `${receiver.url}/other` });
  await service.create({ name: 'Æsa' });
  const messages = await receiver.got(2);
  const first = messages.find(({ path }) => path === '/in');
  const second = messages.find(({ path }) => path === '/in/other');
  if (!first || !second) throw new Error('One of both was not told');
  expect(isSignedWith(one.secret, first)).toBe(true);
  expect(isSignedWith(other.secret, second)).toBe(true);
  expect(isSignedWith(one.secret, { ...first, body: `${first.body} ` })).toBe(false);
  expect(isSignedWith(other.secret, first)).toBe(false);
  expect(Math.abs(Number(first.headers['webhook-timestamp']) - Date.now() / 1000)).toBeLessThan(30);
});

test('a webhook is told of the events that it asked for, and of none from before it was made', async () => {
  const { id } = await service.create({ name: 'Before' });
  const receiver = await startReceiver();
  await makeWebhook(service, { url: receiver.url, events: ['customer.deleted', 'customer.created'] });
  await service.patch(id, { note: 'not asked for' });
  await service.remove(id);
  await service.create({ name: 'After' });
  const messages = await receiver.got(2);
  expect(messages.map(({ json }) => [json['type'], json['data'].name]).sort()).toEqual([
    ['customer.created', 'After'],
    ['customer.deleted', 'Before'],
  ]);
});

test('it sees of protected customers what its scopes let it see, by the protection of now', async () => {
  const [plain, trusted] = [await startReceiver(), await startReceiver()];
  const held = heldAnswer();
  const early = await startReceiver((_message, index) => (index === 0 ? held.answer : 204));
  await makeWebhook(service, { url: plain.url });
  await makeWebhook(service, { url: trusted.url, scopes: ['customer:read', 'personal:read'] });
  await makeWebhook(service, { url: early.url });
  const { id } = await service.create({ name: 'Ada', protectionLevel: 2 });
  const [[masked], [shown]] = await Promise.all([plain.got(1), trusted.got(1)]);
  expect(masked?.json['data'].name).toBe('***');
  expect(shown?.json['data'].name).toBe('Ada');
  await early.got(1);
  await service.patch(id, { name: 'Grace' });
  await service.patch(id, { protectionLevel: 3 }, { 'customary-reason': 'asked for' });
  held.give(204);
  const [, renamed] = await early.got(3);
  expect(renamed?.json['data']).toMatchObject({ id, version: 2 });
  expect(renamed?.json['data']).not.toHaveProperty('name');
});

test('the events of one customer come in their order, one after the other, and those of many side by side', async () => {
  const under = new Set<string>();
  const overlaps: string[] = [];
  const both = heldAnswer();
  let most = 0;
  const receiver = await startReceiver(async ({ json }, index) => {
    const id = json['data'].id as string;
    if (under.has(id)) overlaps.push(id);
    under.add(id);
    most = Math.max(most, under.size);
    if (index > 0) both.give(200);
    await both.answer;
    under.delete(id);
    return 200;
  });
  const { webhookId } = await makeWebhook(service, { url: receiver.url });
  const ids = await Promise.all(range(12).map(async () => (await service.create())['id'] as string));
  await Promise.all(
    ids.map(async (id) => {
      for (const n of range(10)) await service.patch(id, { note: `note ${n}` });
    }),
  );
  await receiver.got(12 * 11);
  for (const id of ids) {
    const versions = receiver.messages.flatMap(({ json: { data } }) => (data.id === id ? data.version : []));
    expect(versions).toEqual(range(11).map((n) => n + 1));
  }
  expect(overlaps).toEqual([]);
  expect(most).toBeGreaterThan(1);
  await until(async () => (await stored(service.database, webhookId)).deliveries.length === 0);
  expect(
    await service.database.query('SELECT 1 FROM outbox WHERE tenant_id = $1', [service.tenantId]),
  ).toEqual([]);
});

test('an event that takes long holds up those of its customer alone', async () => {
  const held = heldAnswer();
  const receiver = await startReceiver((_message, index) => (index === 0 ? held.answer : 204));
  const { webhookId } = await makeWebhook(service, { url: receiver.url });
  const { id } = await service.create({ name: 'Slow' });
  await receiver.got(1);
  await service.patch(id, { note: 'waits' });
  const other = await service.create({ name: 'Other' });
  const [, second] = await receiver.got(2);
  expect(second?.json['data'].id).toBe(other['id']);
  held.give(204);
  const [, , third] = await receiver.got(3);
  expect(third?.json['data']).toMatchObject({ id, version: 2 });
  await until(async () => (await stored(service.database, webhookId)).deliveries.length === 0);
  expect(receiver.messages.length).toBe(3);
});

test('a removed webhook is told nothing more', async () => {
  const receiver = await startReceiver();
  const { webhookId } = await makeWebhook(service, { url: receiver.url });
  const { id } = await service.create({ name: 'Told' });
  await receiver.got(1);
  await service.database.query('DELETE FROM webhook WHERE webhook_id = $1', [webhookId]);
  const other = await startReceiver();
  await makeWebhook(service, { url: other.url });
  await service.patch(id, { note: 'not told' });
  await other.got(1);
  expect(receiver.messages.length).toBe(1);
});

test('what is told and what waits is counted', async () => {
  const figures = async () => (await (await fetch(`${service.address}/metrics`)).text()).split('\n');
  const count = (lines: string[], name: string) =>
    Number(
      lines
        .find((line) => line.startsWith(name))
        ?.split(' ')
        .at(-1) ?? 0,
    );
  const delivered = 'customary_webhook_attempts_total{contract="native",outcome="delivered"}';
  const before = count(await figures(), delivered);
  const held = heldAnswer();
  const receiver = await startReceiver(() => held.answer);
  const { webhookId } = await makeWebhook(service, { url: receiver.url });
  await service.create();
  await receiver.got(1);
  // The figure of before is remembered for a while.
  await until(async () => count(await figures(), 'customary_webhook_waiting_events') > 0);
  // What waits for a webhook that ended is told to nobody, long before it is tidied away.
  const { waiting } = createWebhookStore(service.app.database, 72);
  const end = (at: string) =>
    service.database.query(`UPDATE webhook SET ended_at = ${at} WHERE webhook_id = $1`, [webhookId]);
  const inAll = await waiting(service.tenantId);
  await end('now()');
  expect(await waiting(service.tenantId)).toBeLessThan(inAll);
  await end('NULL');
  held.give(204);
  await until(async () => (await stored(service.database, webhookId)).deliveries.length === 0);
  await until(async () => count(await figures(), delivered) > before);
});
