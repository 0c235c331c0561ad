import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { errorReply, errorSchema } from '../../../src/contracts/keypro/errors.ts';
import { type ErrorCode, errorTable, Refusal } from '../../../src/errors.ts';
import { startService, type TestService } from '../../support/service.ts';
import { type KeyproClient, keyproClient } from './client.ts';

let service: TestService;
let keypro: KeyproClient;
beforeAll(async () => {
  service = await startService();
  keypro = keyproClient(service);
});
afterAll(() => service.stop());

describe('the word Token and one space before the secret are mandatory', () => {
  const ask = async (authorization: string | undefined) => {
    const headers = authorization === undefined ? {} : { authorization };
    const answer = await fetch(`${service.address}/keypro/api/v2/customers/`, { headers });
    return [answer.status, await answer.json(), answer.headers.get('www-authenticate')];
  };

  test('nothing sent: the text of the page', async () => {
    const refused = [401, { details: 'Authentication credentials were not provided' }, 'Token'];
    expect(await ask(undefined)).toEqual(refused);
    expect(await ask('')).toEqual(refused);
  });

  test('sent, but wrong: another text', async () => {
    const { secret } = service;
    const wrong = [
      secret,
      `Token${secret}`,
      `Token  ${secret}`,
      `Token\t${secret}`,
      `Bearer ${secret}`,
      'Token',
      `Token ${secret}x`,
      `Token ${secret} x`,
    ];
    for (const authorization of wrong)
      expect(await ask(authorization)).toEqual([401, { details: 'Invalid token.' }, 'Token']);
  });

  test('right: the word in any case, as schemes are compared', async () => {
    for (const word of ['Token', 'token', 'TOKEN'])
      expect((await ask(`${word} ${service.secret}`))[0]).toBe(200);
  });
});

describe('a customer that is not there', () => {
  test.each(['2000000000', '0', '99999999999999999999', 'x', '-1', '1.5'])('%s', async (id) => {
    const answer = await keypro.get(`/customers/${id}/`);
    expect([answer.status, answer.body]).toEqual([404, { details: 'Not found.' }]);
  });
});

test('a missing permission is told by its name', async () => {
  const key = keyproClient(await service.withKey({ scopes: ['customer:list'] }));
  const answer = await key.get('/customers/1001/');
  expect([answer.status, answer.body]).toEqual([
    403,
    { details: 'You do not have permission to perform this action: needs the scope customer:read.' },
  ]);
});

test('another version is refused, and changes nothing', async () => {
  const { id } = (await keypro.create()) as { id: number };
  const stale = await keypro.patch(id, { note: 'x' }, { 'if-match': '"7"' });
  expect([stale.status, stale.body]).toEqual([412, { details: 'The record has another version.' }]);
  expect((await keypro.patch(id, { note: 'x' }, { 'if-match': '"1"' })).status).toBe(200);
});

test('a wrong header is named', async () => {
  const { id } = (await keypro.create()) as { id: number };
  const answer = await keypro.patch(id, { note: 'x' }, { 'if-match': 'seven' });
  expect([answer.status, Object.keys(answer.body)]).toEqual([400, ['If-Match']]);
});

describe('every refusal of the service has the shape', () => {
  const isDocumented = new Ajv2020({ strict: false }).compile(errorSchema);
  const fault = (pointer: string) => ({ pointer, rule: 'rule', detail: 'is wrong' });
  const refusals = (code: ErrorCode) => [
    new Refusal(code),
    new Refusal(code, { detail: 'In other words' }),
    new Refusal(code, { faults: [fault('')] }),
    new Refusal(code, { faults: [fault('/sms_numbers/1'), fault('/sms_numbers'), fault('orderby')] }),
  ];

  test.each(Object.keys(errorTable) as ErrorCode[])('%s', (code) => {
    const isBad = errorTable[code].status === 400 || ['validation-failed', 'already-taken'].includes(code);
    for (const refusal of refusals(code)) {
      const { status, headers, body } = errorReply(refusal);
      expect(status).toBe(isBad ? 400 : errorTable[code].status);
      expect(headers['content-type']).toBe('application/json');
      const error = JSON.parse(body);
      expect(isDocumented(error), body).toBe(true);
      expect('details' in error).toBe(!isBad);
    }
  });

  test('messages are gathered by member, and items of a list are told apart', () => {
    const faults = [fault('/sms_numbers/1'), fault('/sms_numbers'), fault('')];
    expect(JSON.parse(errorReply(new Refusal('validation-failed', { faults })).body)).toEqual({
      sms_numbers: ['Item 2 is wrong.', 'This field is wrong.'],
      non_field_errors: ['The request is wrong.'],
    });
  });
});
