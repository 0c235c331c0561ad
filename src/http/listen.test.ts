import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import Fastify from 'fastify';
import { expect, test } from 'vitest';
import { listen } from './listen.ts';

test('a server that cannot listen is closed, and says why', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const server = Fastify();
  let closed = false;
  server.addHook('onClose', async () => {
    closed = true;
  });
  await expect(listen(server, '127.0.0.1', (other.address() as AddressInfo).port)).rejects.toThrow('in use');
  expect(closed).toBe(true);
  other.close();
});
