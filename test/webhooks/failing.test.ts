import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Message, type Receiver, startReceiver } from '../support/receiver.ts';
import { startService, type TestService } from '../support/service.ts';
import { dueNow, isSignedWith, makeWebhook, stored, toLoopback, until } from '../support/webhooks.ts';

let service: TestService;
beforeAll(async () => {
  service = await startService({ settings: { ...toLoopback, WEBHOOK_TIMEOUT_MS: '1000' } });
});
afterAll(() => service.stop());

const stateOf = (webhookId: string) => stored(service.database, webhookId);
const versions = (messages: Message[], id: string) =>
  messages.flatMap(({ json: { data } }) => (data.id === id ? data.version : []));

/** Waits until an attempt was made and noted. */
const failedOnce = async (receiver: Receiver, webhookId: string, attempts = 1) => {
  await receiver.got(attempts);
  await until(async () => (await stateOf(webhookId)).webhook?.['failing'] === true);
  await until(async () => (await stateOf(webhookId)).deliveries.some((one) => one['later']));
  return stateOf(webhookId);
};

test('an event that was not taken is told again, with the same id and body, and signed anew', async () => {
  const receiver = await startReceiver((_message, index) => (index < 2 ? 503 : 200));
  const { webhookId, secret } = await makeWebhook(service, { url: receiver.url });
  const { id } = await service.create();
  const [first, second, third] = await receiver.got(3);
  if (!first || !second || !third) throw new Error('There were no three attempts');
  expect(new Set([first, second, third].map(({ headers }) => headers['webhook-id'])).size).toBe(1);
  expect(second.body).toBe(first.body);
  expect(versions([first, second, third], id)).toEqual([1, 1, 1]);
  expect(Number(third.headers['webhook-timestamp'])).toBeGreaterThan(
    Number(first.headers['webhook-timestamp']),
  );
  expect([second, third].every((message) => isSignedWith(secret, message))).toBe(true);
  await until(async () => (await stateOf(webhookId)).deliveries.length === 0);
  expect((await stateOf(webhookId)).webhook).toMatchObject({
    failing: false,
    lastFailure: 'status 503',
    givenUp: 0,
  });
});

test('while an event is not taken, the later ones of its customer wait, and come after it', async () => {
  let well = false;
  const receiver = await startReceiver(() => (well ? 200 : 500));
  const { webhookId } = await makeWebhook(service, { url: receiver.url });
  const { id } = await service.create();
  await failedOnce(receiver, webhookId);
  await service.patch(id, { note: 'x' });
  await service.patch(id, { note: 'y' });
  await until(async () => (await stateOf(webhookId)).deliveries.length === 3);
  await dueNow(service.database, webhookId);
  await receiver.got(2);
  well = true;
  await until(async () => (await stateOf(webhookId)).deliveries.length === 0);
  const told = versions(receiver.messages, id);
  expect(told.slice(-3)).toEqual([1, 2, 3]);
  expect(new Set(told.slice(0, -2))).toEqual(new Set([1]));
});

test('a customer whose event is refused holds up no other one', async () => {
  let poison = '';
  const receiver = await startReceiver(({ json }) => (json['data'].id === poison ? 400 : 200));
  const { webhookId } = await makeWebhook(service, { url: receiver.url, events: ['customer.updated'] });
  const [bad, good] = [await service.create(), await service.create()];
  poison = bad['id'] as string;
  await service.patch(bad['id'], { note: 'x' });
  await failedOnce(receiver, webhookId);
  await service.patch(good['id'], { note: 'x' });
  await until(() => versions(receiver.messages, good['id']).length === 1);
  await until(async () => (await stateOf(webhookId)).deliveries.length === 1);
  expect((await stateOf(webhookId)).deliveries).toMatchObject([{ customerId: poison }]);
});

test('a webhook that does not answer blocks no other one, and is left after its time', async () => {
  const silent = await startReceiver(() => new Promise<number>(() => {}));
  const quick = await startReceiver();
  const { webhookId } = await makeWebhook(service, { url: silent.url });
  await makeWebhook(service, { url: quick.url });
  await service.create();
  await silent.got(1);
  await quick.got(1);
  // The first one still holds its message.
  expect((await stateOf(webhookId)).webhook).toMatchObject({ failing: false });
  await service.create();
  await quick.got(2);
  const { webhook } = await failedOnce(silent, webhookId);
  expect(webhook).toMatchObject({ lastFailure: 'timeout' });
});

test('while a webhook fails it is tried with one event at a time, and not before its pause is over', async () => {
  const receiver = await startReceiver(() => [503, { 'retry-after': '600' }]);
  const { webhookId } = await makeWebhook(service, { url: receiver.url });
  await service.create();
  await failedOnce(receiver, webhookId);
  await Promise.all([service.create(), service.create(), service.create()]);
  const other = await startReceiver();
  await makeWebhook(service, { url: other.url });
  await service.create();
  await other.got(1);
  expect(receiver.messages.length).toBe(1);
  const [pause] = await service.database.query(
    `SELECT w.retry_at - now() BETWEEN interval '9 minutes' AND interval '10 minutes' AS asked,
       (SELECT max(d.due_at) - now() BETWEEN interval '9 minutes' AND interval '10 minutes'
        FROM webhook_delivery d WHERE d.webhook_id = w.webhook_id) AS put_off
     FROM webhook w WHERE w.webhook_id = $1`,
    [webhookId],
  );
  expect(pause).toEqual({ asked: true, put_off: true });
  await dueNow(service.database, webhookId);
  await receiver.got(2);
  await service.create();
  await other.got(2);
  expect(receiver.messages.length).toBe(2);
});

test('the waits grow with the time that an event was not taken, up to an hour', async () => {
  const receiver = await startReceiver(() => 500);
  const { webhookId } = await makeWebhook(service, { url: receiver.url });
  await service.create();
  await failedOnce(receiver, webhookId);
  const waits: number[] = [];
  for (const since of ['1 minute', '30 hours']) {
    await service.database.query(
      `UPDATE webhook_delivery SET failed_at = now() - $2::interval WHERE webhook_id = $1`,
      [webhookId, since],
    );
    const before = receiver.messages.length;
    await dueNow(service.database, webhookId);
    await failedOnce(receiver, webhookId, before + 1);
    await until(async () => (await waitOf(webhookId)) > 30);
    waits.push(await waitOf(webhookId));
  }
  expect(waits[0]).toBeGreaterThan(50);
  expect(waits[0]).toBeLessThan(100);
  expect(waits[1]).toBeGreaterThan(3500);
  expect(waits[1]).toBeLessThanOrEqual(3600);
});

const waitOf = async (webhookId: string): Promise<number> => {
  const [row] = await service.database.query<{ seconds: number }>(
    `SELECT extract(epoch FROM due_at - now())::float8 AS seconds FROM webhook_delivery WHERE webhook_id = $1`,
    [webhookId],
  );
  return row?.seconds ?? 0;
};

/** As if the event (and the webhook as a whole) had failed for longer than is tried. */
const failedForLong = async (webhookId: string, wholly: boolean) => {
  await service.database.query(
    `UPDATE webhook_delivery SET failed_at = now() - interval '73 hours' WHERE webhook_id = $1 AND failed_at IS NOT NULL`,
    [webhookId],
  );
  if (wholly) {
    await service.database.query(
      `UPDATE webhook SET failing_since = now() - interval '73 hours' WHERE webhook_id = $1`,
      [webhookId],
    );
  }
  await dueNow(service.database, webhookId);
};

test('an event that was not taken in time is given up, and the next one of its customer is told', async () => {
  const receiver = await startReceiver(({ json }) => (json['data'].version === 1 ? 500 : 200));
  const { webhookId } = await makeWebhook(service, { url: receiver.url });
  const { id } = await service.create();
  await failedOnce(receiver, webhookId);
  await service.patch(id, { note: 'x' });
  await failedForLong(webhookId, false);
  await until(() => versions(receiver.messages, id).includes(2));
  await until(async () => (await stateOf(webhookId)).deliveries.length === 0);
  expect((await stateOf(webhookId)).webhook).toMatchObject({ givenUp: 1, ended: false, failing: false });
});

test('a webhook that took nothing for as long ends, and gets no more events', async () => {
  const receiver = await startReceiver(() => 500);
  const { webhookId } = await makeWebhook(service, { url: receiver.url });
  await service.create();
  await failedOnce(receiver, webhookId);
  await failedForLong(webhookId, true);
  await until(async () => (await stateOf(webhookId)).webhook?.['ended'] === true);
  const attempts = receiver.messages.length;
  const other = await startReceiver();
  await makeWebhook(service, { url: other.url });
  await service.create();
  await other.got(1);
  expect(receiver.messages.length).toBe(attempts);
  expect((await stateOf(webhookId)).deliveries).toEqual([]);
});

test('a webhook that answers 410 ends at once', async () => {
  const receiver = await startReceiver(() => 410);
  const { webhookId } = await makeWebhook(service, { url: receiver.url });
  await service.create();
  await until(async () => (await stateOf(webhookId)).webhook?.['ended'] === true);
  expect(receiver.messages.length).toBe(1);
});

test('an event that can not be written is given up in time, and neither blocks nor ends anybody', async () => {
  const receiver = await startReceiver();
  const broken = await makeWebhook(service, { url: receiver.url, contract: 'gone' });
  await makeWebhook(service, { url: receiver.url });
  await service.create();
  await receiver.got(1);
  const { webhookId } = broken;
  const own = async () => (await stateOf(webhookId)).webhook;
  await until(async () => (await own())?.['lastFailure'] !== null);
  await until(async () => (await stateOf(webhookId)).deliveries.some((one) => one['later']));
  expect(await own()).toMatchObject({ lastFailure: 'could not be written', failing: false, givenUp: 0 });
  // Whatever it did not take before, this time it was not asked.
  await failedForLong(webhookId, true);
  await until(async () => (await own())?.['givenUp'] === 1);
  expect((await own())?.['ended']).toBe(false);
  expect((await stateOf(webhookId)).deliveries).toEqual([]);
});
