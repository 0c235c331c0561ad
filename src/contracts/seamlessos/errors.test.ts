import { describe, expect, test } from 'vitest';
import { type ErrorCode, errorTable, Refusal } from '../../errors.ts';
import { validator } from '../../schema/validate.ts';
import { errorReply, errorSchema } from './errors.ts';

const codes = Object.keys(errorTable) as ErrorCode[];
const judge = validator(errorSchema);
const fault = (pointer: string, rule: string) => ({ pointer, rule, detail: 'is wrong' });
const reply = (code: ErrorCode, faults: ReturnType<typeof fault>[] = []) => {
  const { status, headers, body } = errorReply(
    new Refusal(code, { faults, headers: { 'retry-after': '7' } }),
    {},
  );
  return { status, headers, body: JSON.parse(body) };
};

test.each(codes)('%s has the shape of every error', (code) => {
  const { status, headers, body } = reply(code, [fault('/name', 'required')]);
  expect(judge(body)).toEqual([]);
  expect(body.message).toBe(errorTable[code].title);
  expect(status).toBe(code === 'validation-failed' ? 400 : errorTable[code].status);
  expect(headers).toMatchObject({ 'content-type': 'application/json; charset=utf-8', 'retry-after': '7' });
});

test.each([
  ['validation-failed', 400, 'VALIDATION_ERROR'],
  ['invalid-json', 400, 'VALIDATION_ERROR'],
  ['invalid-header', 400, 'VALIDATION_ERROR'],
  ['invalid-query', 400, 'VALIDATION_ERROR'],
  ['unauthenticated', 401, 'UNAUTHORIZED'],
  ['forbidden', 403, 'FORBIDDEN'],
  ['not-found', 404, 'NOT_FOUND'],
  ['precondition-failed', 412, 'PRECONDITION_FAILED'],
  ['idempotency-key-in-progress', 409, 'idempotency_key_locked'],
  ['idempotency-key-reused', 409, 'idempotency_key_mismatch'],
  ['rate-limited', 429, 'RATE_LIMIT_EXCEEDED'],
] as const)('%s is %i %s', (code, status, vendorCode) => {
  const { status: actual, body } = reply(code);
  expect([actual, body.code, body.details]).toEqual([status, vendorCode, []]);
});

describe('a detail', () => {
  test.each([
    ['required', 'FIELD_REQUIRED'],
    ['type', 'INVALID_FORMAT'],
    ['format', 'INVALID_FORMAT'],
    ['pattern', 'INVALID_FORMAT'],
    ['enum', 'INVALID_VALUE'],
    ['unique', 'INVALID_VALUE'],
    ['maxLength', 'TOO_LONG'],
    ['maxItems', 'TOO_LONG'],
  ])('of the rule %s is %s', (rule, code) => {
    const { details } = reply('validation-failed', [fault('/name', rule)]).body;
    expect(details).toEqual([{ message: 'is wrong', code, property: 'name' }]);
  });

  test.each([
    ['/billing/address/country', 'billing.address.country'],
    ['/userIds/1', 'userIds[1]'],
    ['', ''],
    ['X-Idempotency-Key', 'X-Idempotency-Key'],
  ])('at %j names the property %j', (pointer, property) => {
    expect(reply('validation-failed', [fault(pointer, 'enum')]).body.details[0].property).toBe(property);
  });

  test.each(['constructor', '__proto__', 'toString'])('of a member %s suggests nothing', (name) => {
    const { details } = reply('invalid-query', [fault(name, 'unknownParameter')]).body;
    expect(details).toEqual([{ message: 'is wrong', code: 'INVALID_VALUE', property: name }]);
  });
});
