import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { expect, test } from 'vitest';
import { contracts } from '../contracts/all.ts';
import { createClientErrors } from './client-error.ts';

test('garbage behind a request whose answer is under way ends the connection, and is not written into it', async () => {
  const server = createServer((_request, response) => void response.write('begun'));
  const errors = createClientErrors(contracts, () => 'id');
  server.on('clientError', (error, socket) => errors.answer(error as never, socket as never));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  client.on('error', () => {});
  client.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  let text = '';
  client.on('data', (chunk) => {
    if (text === '') client.write('garbage\r\n\r\n');
    text += chunk;
  });
  await once(client, 'close');
  server.close();
  expect(text).toContain('begun');
  expect(text).not.toContain(' 400 ');
});
