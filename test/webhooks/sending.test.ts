import { createServer } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { type Message, sendMessage } from '../../src/webhooks/send.ts';
import { startReceiver } from '../support/receiver.ts';

const send = (url: string, message: Partial<Message> = {}) =>
  sendMessage({ url, headers: {}, body: '{}', timeoutMs: 1000, policy: 'any', ...message });

test.each([200, 201, 202, 204, 299])('status %i takes the message', async (status) => {
  const receiver = await startReceiver(() => status);
  expect(await send(receiver.url)).toBeUndefined();
});

test.each([304, 400, 404, 410, 429, 500])('status %i does not', async (status) => {
  const receiver = await startReceiver(() => status);
  expect(await send(receiver.url)).toEqual({
    reason: `status ${status}`,
    retryAfterSeconds: 0,
    gone: status === 410,
  });
});

test('an answer that changes the protocol does not take the message, and is an answer', async () => {
  const server = createTcpServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => socket.write(switching));
  }).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await new Promise((resolve) => server.once('listening', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  expect(await send(url)).toMatchObject({ reason: 'status 101' });
});

const switching = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n';

test('a redirection is not followed', async () => {
  const target = await startReceiver();
  for (const status of [301, 302, 303, 307, 308]) {
    const receiver = await startReceiver(() => [status, { location: target.url }]);
    expect(await send(receiver.url)).toMatchObject({ reason: `status ${status}` });
  }
  expect(target.messages).toEqual([]);
});

test('Retry-After is heeded in seconds, and for an hour at most', async () => {
  const asked = async (value: string) => {
    const receiver = await startReceiver(() => [503, { 'retry-after': value }]);
    return (await send(receiver.url))?.retryAfterSeconds;
  };
  expect([await asked('120'), await asked('999999'), await asked('-5'), await asked('soon')]).toEqual([
    120, 3600, 0, 0,
  ]);
});

test('the whole exchange has its time: an answer that does not begin, and one that does not end', async () => {
  const silent = await startReceiver(() => new Promise<number>(() => {}));
  expect(await send(silent.url, { timeoutMs: 100 })).toMatchObject({ reason: 'timeout' });
  const server = createServer((_request, response) => {
    response.writeHead(200).write('.');
  }).listen(0, '127.0.0.1');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  await new Promise((resolve) => server.once('listening', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  // It said that it took the message; what it goes on to say is not waited for.
  expect(await send(url, { timeoutMs: 100 })).toBeUndefined();
});

test('an answer that is too long is cut off', async () => {
  let sent = 0;
  const server = createServer((_request, response) => {
    response.writeHead(200);
    const more = () => {
      while (!response.destroyed && response.write(Buffer.alloc(16_384))) sent += 16_384;
    };
    response.on('drain', more);
    more();
  }).listen(0, '127.0.0.1');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  await new Promise((resolve) => server.once('listening', resolve));
  const startedAt = performance.now();
  await send(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`, { timeoutMs: 30_000 });
  expect(performance.now() - startedAt).toBeLessThan(20_000);
  expect(sent).toBeLessThan(64 * 1024 * 1024);
});

test('where public addresses alone are allowed, nothing connects to this machine, by address or by name', async () => {
  const receiver = await startReceiver();
  const { port } = new URL(receiver.url);
  let connections = 0;
  const server = createServer().listen(0, '127.0.0.1');
  server.on('connection', () => connections++);
  onTestFinished(() => void server.close());
  await new Promise((resolve) => server.once('listening', resolve));
  const other = (server.address() as AddressInfo).port;
  for (const url of [
    receiver.url,
    `http://localhost:${port}/`,
    `https://127.0.0.1:${other}/`,
    `https://localhost:${other}/`,
  ]) {
    expect(await send(url, { policy: 'public' }), url).toMatchObject({ reason: 'address not allowed' });
  }
  expect([receiver.messages.length, connections]).toEqual([0, 0]);
});

test('a name is resolved where loopback addresses are allowed', async () => {
  const receiver = await startReceiver();
  expect(await send(receiver.url.replace('127.0.0.1', 'localhost'))).toBeUndefined();
});

test('a subscriber that is not there is told by the code of its error', async () => {
  const receiver = await startReceiver();
  const port = Number(new URL(receiver.url).port);
  // A port that was free a moment ago on another loopback address.
  expect(await send(`http://127.0.0.2:${port}/`)).toMatchObject({ reason: 'ECONNREFUSED' });
  expect(await send('https://nowhere.invalid/')).toMatchObject({ reason: expect.stringMatching(/^E\w+$/) });
});
