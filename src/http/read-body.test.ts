import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Refusal } from '../errors.ts';
import { readBody } from './read-body.ts';

const limitBytes = 1_000;
const mebibyte = 2 ** 20;
const outcomes: PromiseSettledResult<Buffer>[] = [];
const server = createServer(answer);

/** Answers 200 with the length of the body, or the refusal with its headers. */
async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const declared = request.headers['content-length'];
  const body = readBody(request, declared === undefined ? undefined : Number(declared), limitBytes);
  const [outcome] = await Promise.allSettled([body]);
  outcomes.push(outcome);
  if (outcome.status === 'fulfilled') return void response.end(String(outcome.value.length));
  const { reason } = outcome;
  if (reason instanceof Refusal) response.writeHead(reason.status, reason.headers).end(reason.code);
  server.emit('settled');
}

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

test('a body up to the limit arrives byte for byte, whatever its chunks', async () => {
  const socket = open();
  const body = Buffer.from(Array.from({ length: limitBytes }, (_, i) => i % 256));
  const rest = received(socket);
  socket.write(post(`Content-Length: ${body.length}`));
  socket.write(body);
  socket.write(post('Transfer-Encoding: chunked'));
  for (const part of [body.subarray(0, 1), body.subarray(1, 400), body.subarray(400)]) {
    socket.write(`${part.length.toString(16)}\r\n`);
    socket.write(part);
    socket.write('\r\n');
  }
  socket.end(`0\r\n\r\n${post('Content-Length: 0')}`);
  expect(statuses(await rest)).toEqual([200, 200, 200]);
  const bodies = outcomes
    .splice(0)
    .map((outcome) => (outcome.status === 'fulfilled' ? outcome.value : undefined));
  expect(bodies).toEqual([body, body, Buffer.alloc(0)]);
});

test('after a body one byte too long the connection answers the next request', async () => {
  const socket = open();
  const rest = received(socket);
  socket.write(post(`Content-Length: ${limitBytes + 1}`) + 'x'.repeat(limitBytes + 1));
  socket.end(`${post('Content-Length: 2')}{}`);
  const text = await rest;
  expect(statuses(text)).toEqual([413, 200]);
  expect(text).toContain('payload-too-large');
});

test('a body of 1 MiB is dropped and the connection kept, declared or chunked', async () => {
  for (const framing of [`Content-Length: ${mebibyte}`, 'Transfer-Encoding: chunked']) {
    const socket = open();
    const rest = received(socket);
    socket.write(post(framing));
    if (framing.startsWith('Transfer')) socket.write(`${mebibyte.toString(16)}\r\n`);
    socket.write(Buffer.alloc(mebibyte));
    if (framing.startsWith('Transfer')) socket.write('\r\n0\r\n\r\n');
    socket.end(post('Content-Length: 0'));
    expect(statuses(await rest)).toEqual([413, 200]);
  }
});

test('a declared length beyond what is dropped is refused before the body is sent, and the connection closed', async () => {
  const socket = open();
  const rest = received(socket);
  socket.write(post(`Content-Length: ${mebibyte + 1}`));
  const text = await rest;
  expect(statuses(text)).toEqual([413]);
  expect(text).toMatch(/^connection: close\r$/im);
});

test('an endless chunked body is cut off after what is dropped', async () => {
  const socket = open();
  let sentBytes = 0;
  const chunk = Buffer.concat([Buffer.from('4000\r\n'), Buffer.alloc(0x4000), Buffer.from('\r\n')]);
  const send = () => {
    while (socket.writable) {
      sentBytes += chunk.length;
      if (!socket.write(chunk)) return;
    }
  };
  socket.on('drain', send).resume();
  socket.write(post('Transfer-Encoding: chunked'));
  send();
  await closed(socket);
  // Beside the dropped bytes there are only those that stood in the buffers of the two sockets.
  expect(sentBytes).toBeGreaterThan(mebibyte);
  expect(sentBytes).toBeLessThan(32 * mebibyte);
  expect(outcomes.pop()).toMatchObject({ status: 'rejected', reason: { headers: { connection: 'close' } } });
});

test('a request that is broken off rejects with ECONNRESET and is no refusal', async () => {
  const socket = open();
  const settled = once(server, 'settled');
  const arrived = once(server, 'request');
  socket.write(`${post('Content-Length: 100')}{"half`);
  await arrived;
  socket.destroy();
  await settled;
  expect(outcomes.pop()).toMatchObject({ status: 'rejected', reason: { code: 'ECONNRESET' } });
});

test('a request that was broken off before it is read rejects as well', async () => {
  const socket = open();
  const arrived = once(server.removeAllListeners('request'), 'request');
  socket.write(`${post('Content-Length: 100')}{"half`);
  const [request] = (await arrived) as [IncomingMessage];
  server.on('request', answer);
  const gone = closed(request);
  socket.destroy();
  await gone;
  await expect(readBody(request, 100, limitBytes)).rejects.toMatchObject({ code: 'ECONNRESET' });
});

function open(): Socket {
  return connect((server.address() as AddressInfo).port, '127.0.0.1');
}

/** Waits for the end of a socket or request, broken off or not. */
function closed(stream: Readable): Promise<void> {
  return new Promise((resolve) => stream.on('error', () => {}).on('close', resolve));
}

function post(framing: string): string {
  return `POST / HTTP/1.1\r\nHost: a\r\n${framing}\r\n\r\n`;
}

async function received(socket: Socket): Promise<string> {
  return (await buffer(socket)).toString('latin1');
}

function statuses(text: string): number[] {
  return [...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map((match) => Number(match[1]));
}
