import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Client, createClient } from '../support/client.ts';
import { commandIn, jsonOf, type RunCommand } from '../support/command.ts';
import { startReceiver } from '../support/receiver.ts';
import { startService, type TestService } from '../support/service.ts';
import { dueNow, isSignedWith, stored, toLoopback, until } from '../support/webhooks.ts';

let service: TestService;
let run: RunCommand;
let client: Client;
const inAcme = ['--tenant', 'acme'];
beforeAll(async () => {
  service = await startService({ settings: toLoopback });
  run = commandIn({ DATABASE_URL: service.database.url, ...toLoopback });
  await run(['tenant', 'create', 'acme']);
  const key = await run(['key', 'create', ...inAcme, '--scopes', 'customer:read,customer:write', '--json']);
  client = createClient(service.address, jsonOf(key)['secret']);
});
afterAll(() => service.stop());

const create = (url: string, ...words: string[]) =>
  run(['webhook', 'create', ...inAcme, '--contract', 'native', '--url', url, ...words]);
const state = async (id: string) => (await stored(service.database, id)).webhook;
const listed = async (id: string) => {
  const { webhooks } = jsonOf(await run(['webhook', 'list', ...inAcme, '--json']));
  return webhooks.find((one: { id: string }) => one.id === id);
};

test('a webhook is made, told, listed with how it does, and removed', async () => {
  let status = 200;
  const receiver = await startReceiver(() => status);
  const made = jsonOf(await create(receiver.url, '--events', 'customer.created', '--json'));
  expect(made).toEqual({
    id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    secret: expect.stringMatching(/^whsec_/),
    tenant: 'acme',
    contract: 'native',
    url: receiver.url,
    events: ['customer.created'],
    scopes: ['customer:read'],
  });
  await client.create();
  const [message] = await receiver.got(1);
  expect(message && isSignedWith(made['secret'], message)).toBe(true);
  await until(async () => (await stored(service.database, made['id'])).deliveries.length === 0);
  expect(await listed(made['id'])).toEqual({
    id: made['id'],
    state: 'live',
    contract: 'native',
    url: receiver.url,
    events: ['customer.created'],
    scopes: ['customer:read'],
    createdAt: expect.any(String),
    waiting: 0,
    givenUp: 0,
    failingSince: null,
    lastFailure: null,
    endedAt: null,
  });
  status = 503;
  await client.create();
  await until(async () => (await state(made['id']))?.['failing'] === true);
  expect(await listed(made['id'])).toMatchObject({ state: 'failing', waiting: 1, lastFailure: 'status 503' });
  status = 410;
  await dueNow(service.database, made['id']);
  await until(async () => (await state(made['id']))?.['ended'] === true);
  const text = await run(['webhook', 'list', ...inAcme]);
  expect(text.stdout).toMatch(/^ID +STATE +CONTRACT +URL /);
  expect(text.stdout).toMatch(new RegExp(`^${made['id']} +dead +native +http://127.0.0.1:\\d+/in `, 'm'));
  status = 200;
  // It was not told of one before it died, and of this one because it was dead.
  await client.create();
  expect((await stored(service.database, made['id'])).deliveries).toHaveLength(1);
  expect(jsonOf(await run(['webhook', 'resume', ...inAcme, made['id'], '--json']))).toEqual({
    id: made['id'],
    resumed: true,
  });
  const told = receiver.messages.length;
  const { id: later } = await client.create();
  const again = (await receiver.got(told + 1))[told];
  expect(again && isSignedWith(made['secret'], again)).toBe(true);
  expect(again?.body).toContain(later);
  await until(async () => (await state(made['id']))?.['failing'] === false);
  await until(async () => (await stored(service.database, made['id'])).deliveries.length === 0);
  expect(receiver.messages).toHaveLength(told + 1);
  expect(await listed(made['id'])).toMatchObject({ state: 'live' });
  const lively = await run(['webhook', 'resume', ...inAcme, made['id']]);
  expect(lively).toMatchObject({ code: 3, stderr: expect.stringContaining('no dead webhook') });
  expect(text.stdout + JSON.stringify(await listed(made['id']))).not.toContain(made['secret'].slice(6));
  const inCapitals = made['id'].toUpperCase();
  const remove = ['webhook', 'remove', inCapitals, ...inAcme];
  expect(await run(remove)).toMatchObject({ code: 0, stdout: `The webhook ${inCapitals} is removed.\n` });
  expect(await listed(made['id'])).toBeUndefined();
  expect(await run(remove)).toMatchObject({ code: 3, stderr: expect.stringContaining('webhook list') });
});

test('without more words it is told of every event of its contract', async () => {
  const made = jsonOf(
    await create('https://example.org/in', '--scopes', 'customer:read,personal:read', '--json'),
  );
  expect(made).toMatchObject({
    events: ['customer.created', 'customer.updated', 'customer.deleted', 'customer.erased'],
    scopes: ['customer:read', 'personal:read'],
  });
  await run(['webhook', 'remove', made['id'], ...inAcme]);
});

test.each([
  [['--url', 'http://example.org/'], 2, /goes over https/],
  [['--url', 'https://me:word@example.org/'], 2, /no user name/],
  [['--url', 'https://example.org/', '--contract', 'other'], 2, /Those are: .*native/],
  [
    ['--url', 'https://example.org/', '--events', 'customer.flown'],
    2,
    /no event customer\.flown.*customer\.created/,
  ],
  [['--url', 'https://example.org/', '--scopes', 'customer:write'], 2, /The scopes are: customer:read/],
  [['--url', 'https://example.org/', '--tenant', 'acne'], 3, /customary tenant list/],
])('what can not be made is refused with a sentence: %j', async (words, code, sentence) => {
  const result = await run(['webhook', 'create', ...inAcme, '--contract', 'native', ...words]);
  expect(result).toMatchObject({ code, stdout: '', stderr: expect.stringMatching(sentence) });
});

test('by default a webhook goes to public addresses alone', async () => {
  const usual = commandIn({ DATABASE_URL: service.database.url });
  const words = ['webhook', 'create', ...inAcme, '--contract', 'native', '--url'];
  for (const url of ['http://127.0.0.1:9000/', 'https://10.0.0.1/', 'https://localhost/']) {
    expect(await usual([...words, url])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('WEBHOOK_ADDRESSES=any'),
    });
  }
});
