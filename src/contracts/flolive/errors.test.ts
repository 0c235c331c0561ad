import { describe, expect, test } from 'vitest';
import { type ErrorCode, errorTable, Refusal } from '../../errors.ts';
import type { Asked } from '../contract.ts';
import { flolive } from './contract.ts';

const asked = (routeId?: string): Asked => {
  const route = flolive.routes.find(({ id }) => id === routeId);
  return {
    requestId: 'call',
    method: 'GET',
    path: '/',
    header: () => undefined,
    ...(route ? { route } : {}),
  };
};
const codes = Object.keys(errorTable) as ErrorCode[];
const renderedAs = (code: ErrorCode, routeId?: string) => {
  const { status, body } = flolive.renderRefusal(new Refusal(code), asked(routeId));
  const { errorCode, errorMessage, ...rest } = JSON.parse(body);
  expect(rest).toEqual({ content: '', pageable: '' });
  return [status, errorCode, errorMessage];
};

describe.each([undefined, ...flolive.routes.map(({ id }) => id)])('at the route %s', (routeId) => {
  test('the codes that mean the same everywhere', () => {
    const table: [ErrorCode, number, string, string][] = [
      ['unavailable', 503, 'GLOBAL_1001', 'Service unavailable. Please try again'],
      ['internal-error', 500, 'GLOBAL_1001', 'Service unavailable. Please try again'],
      ['request-timeout', 408, 'GLOBAL_1001', 'Service unavailable. Please try again'],
      ['unauthenticated', 401, 'GLOBAL_1004', 'Unauthorized'],
      ['rate-limited', 429, 'GLOBAL_1005', 'Too many requests'],
    ];
    for (const [code, ...rendered] of table) expect(renderedAs(code, routeId)).toEqual(rendered);
  });

  test('every refusal is a NAK with a code and a message', () => {
    for (const code of codes) {
      const [status, errorCode, message] = renderedAs(code, routeId);
      expect(status, code).toBe(code === 'validation-failed' ? 400 : errorTable[code].status);
      expect(errorCode, code).toMatch(/^(GLOBAL_100[1-6]|CUSTOMER_100[234])$/);
      expect(message, code).not.toBe('');
    }
  });
});

test('what is not found is told by what was asked for', () => {
  const noCustomer = [404, 'CUSTOMER_1002', 'Customer does not exist'];
  const noRequest = [404, 'GLOBAL_1003', 'Provided request ID does not exist for your account'];
  expect(renderedAs('not-found', 'getCustomer')).toEqual(noCustomer);
  expect(renderedAs('not-found', 'modifyCustomer')).toEqual(noCustomer);
  expect(renderedAs('not-found', 'createCustomer')).toEqual(noCustomer);
  expect(renderedAs('not-found', 'getCallStatus')).toEqual(noRequest);
  expect(renderedAs('not-found', 'getCallStatusWithId')).toEqual(noRequest);
  expect(renderedAs('not-found')).toEqual([
    404,
    'GLOBAL_1006',
    'Request is not valid: There is no such resource',
  ]);
});

test('a change that fails says so, with its cause', () => {
  expect(renderedAs('forbidden', 'modifyCustomer')).toEqual([
    403,
    'CUSTOMER_1003',
    'Failed to update customer details: The API key lacks a permission',
  ]);
  expect(renderedAs('payload-too-large', 'createCustomer')).toEqual([
    413,
    'CUSTOMER_1004',
    'Failed to create customer: The body is too large',
  ]);
  expect(renderedAs('forbidden', 'getCustomer')).toEqual([
    403,
    'GLOBAL_1006',
    'Request is not valid: The API key lacks a permission',
  ]);
});

test('members are named as a program writes them, headers as they are', () => {
  const faults = [
    { pointer: '/contact/0/identity/1/idType', rule: 'enum', detail: 'is wrong' },
    { pointer: 'If-Match', rule: 'format', detail: 'is wrong too' },
    { pointer: '', rule: 'type', detail: 'must be object' },
  ];
  const { body } = flolive.renderRefusal(
    new Refusal('validation-failed', { faults }),
    asked('modifyCustomer'),
  );
  expect(JSON.parse(body).errorMessage).toBe(
    'Failed to update customer details: contact[0].identity[1].idType is wrong; If-Match is wrong too; must be object',
  );
});

test('the headers of a refusal stay', () => {
  const refusal = new Refusal('rate-limited', { headers: { 'retry-after': '3' } });
  expect(flolive.renderRefusal(refusal, asked()).headers).toMatchObject({ 'retry-after': '3' });
});
