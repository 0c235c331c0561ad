import { afterAll, beforeAll, expect, test } from 'vitest';
import { range } from '../support/answers.ts';
import { startService, type TestService } from '../support/service.ts';
import { keyproClient } from './keypro/client.ts';
import { seamlessosSender } from './seamlessos/client.ts';
import { logIn } from './servitly/client.ts';

/** More words than the native API asks for at once. */
const name = range(30)
  .map((n) => `w${n}`)
  .join(' ');
let service: TestService;
beforeAll(async () => {
  service = await startService();
  await service.create({ kind: 'person', name });
  await service.create({ kind: 'person', name: `${name} and more` });
});
afterAll(() => service.stop());

test('a customer whose name has many words is found by all of it through every contract', async () => {
  const asked = encodeURIComponent(name);
  const keypro = await keyproClient(service).get(`/customers/?customer_name=${asked}`);
  const seamlessos = await seamlessosSender(service)('GET', `?filter=name==${asked}`);
  const words = await seamlessosSender(service)('GET', `?filter=${asked}`);
  const servitly = await (await logIn(service)).get(`/v2/network/customers?name=eq;${asked}`);
  expect([keypro, seamlessos, words, servitly].map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  expect([
    keypro.body['Results'].length,
    seamlessos.body['items'].length,
    words.body['items'].length,
    servitly.body['content'].length,
  ]).toEqual([1, 1, 2, 1]);
});
