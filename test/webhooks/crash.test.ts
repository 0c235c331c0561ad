import { afterAll, beforeAll, expect, test } from 'vitest';
import { range } from '../support/answers.ts';
import { createClient } from '../support/client.ts';
import { type ServiceProcess, startProcess } from '../support/process.ts';
import { heldAnswer, type Receiver, startReceiver } from '../support/receiver.ts';
import { startService, type TestService } from '../support/service.ts';
import { makeWebhook, stored, toLoopback, until } from '../support/webhooks.ts';

/** Two processes tell the same webhook, and are killed again and again while they do. */
let service: TestService;
const running = new Set<ServiceProcess>();
const ends: (() => void)[] = [];
const end = (one: () => void) => ends.push(one);
/** What the second subscriber answers, the next one first; without any it takes everything. */
const answers: Promise<number>[] = [];
let receiver: Receiver;
let held: Receiver;
let webhookId: string;
let heldId: string;
beforeAll(async () => {
  service = await startService({ settings: toLoopback });
  receiver = await startReceiver(() => 200, end);
  held = await startReceiver(() => answers.shift() ?? 200, end);
  ({ webhookId } = await makeWebhook(service, { url: receiver.url }));
  ({ webhookId: heldId } = await makeWebhook(service, { url: held.url, events: ['customer.deleted'] }));
  // From here on only processes that can be killed serve this database.
  await service.app.stop();
});
afterAll(async () => {
  for (const one of ends) one();
  await Promise.all([...running].map((one) => one.end()));
  await service.stop();
});

const start = async (): Promise<ServiceProcess> => {
  const started = await startProcess(
    {
      DATABASE_URL: service.database.url,
      RATE_LIMIT_KEY_PER_SECOND: '0',
      ...toLoopback,
      WEBHOOK_TIMEOUT_MS: '500',
    },
    ['--no-demo'],
  );
  running.add(started);
  return started;
};

const kill = async (one: ServiceProcess): Promise<void> => {
  running.delete(one);
  await one.end('SIGKILL');
};

test('what a process was telling when it was killed is told again with the same id, and nothing is lost', async () => {
  const customers = 20;
  const rounds = 2;
  const changes = 10;
  let processes = await Promise.all([start(), start()]);
  const client = () => createClient((processes[0] as ServiceProcess).address, service.secret);
  const ids: string[] = [];
  for (const n of range(customers)) ids.push((await client().create({ source: `${n}` }))['id']);
  for (const round of range(rounds)) {
    const from = receiver.messages.length;
    await Promise.all(
      ids.map(async (id) => {
        for (const n of range(changes / rounds)) await client().patch(id, { source: `${round} ${n}` });
      }),
    );
    await receiver.got(from + 10);
    await Promise.all(processes.map(kill));
    processes = await Promise.all([start(), start()]);
  }
  const told = () => new Set(receiver.messages.map(({ json }) => json['eventId']));
  await until(async () => (await stored(service.database, webhookId)).deliveries.length === 0);
  await until(() => told().size >= customers * (changes + 1));
  expect(told().size).toBe(customers * (changes + 1));
  for (const id of ids) {
    const versions = receiver.messages.flatMap(({ json: { data } }) => (data.id === id ? data.version : []));
    // The first time that each version was told.
    expect([...new Set(versions)]).toEqual(range(changes + 1).map((n) => n + 1));
  }
  const bodies = new Map<string, string>();
  for (const { json, body } of receiver.messages) {
    expect(bodies.get(json['eventId']) ?? body).toBe(body);
    bodies.set(json['eventId'], body);
  }
});

test('an event is held by the process that tells it, and told again only when its lease is over', async () => {
  const [first, second] = [...running] as [ServiceProcess, ServiceProcess];
  const client = createClient(first.address, service.secret);
  const { id } = await client.create();
  answers.push(new Promise<number>(() => {}));
  await client.remove(id);
  await held.got(1);
  const [claimed] = (await stored(service.database, heldId)).deliveries;
  expect(claimed).toMatchObject({ attempts: 1, later: true });
  await Promise.all([first, second].map(kill));
  const [lease] = await service.database.query<{ end: Date }>(
    'SELECT due_at AS end FROM webhook_delivery WHERE webhook_id = $1',
    [heldId],
  );
  await start();
  const [one, again] = await held.got(2);
  const [clock] = await service.database.query<{ now: Date }>('SELECT now()');
  expect(clock?.now.getTime()).toBeGreaterThanOrEqual(lease?.end.getTime() ?? Infinity);
  expect(again?.headers['webhook-id']).toBe(one?.headers['webhook-id']);
  expect(again?.body).toBe(one?.body);
  await until(async () => (await stored(service.database, heldId)).deliveries.length === 0);
});

test('a process that is stopped hears the answer first, and leaves nothing to be told again', async () => {
  const [stopping] = [...running] as [ServiceProcess];
  const client = createClient(stopping.address, service.secret);
  const { id } = await client.create();
  const answer = heldAnswer();
  answers.push(answer.answer);
  const before = held.messages.length;
  await client.remove(id);
  await held.got(before + 1);
  running.delete(stopping);
  const ended = stopping.end('SIGTERM');
  answer.give(200);
  expect(await ended).toBe(0);
  expect((await stored(service.database, heldId)).deliveries).toEqual([]);
});
