import { expect, test } from 'vitest';
import { type ErrorCode, errorTable, Refusal } from '../../errors.ts';
import { errorReply } from './errors.ts';

const answerTo = (refusal: Refusal) => {
  const { status, headers, body } = errorReply(refusal, {});
  expect(headers['content-type']).toBe('application/json; charset=utf-8');
  return [status, JSON.parse(body)];
};

/** The vendor's texts, in its spelling; a cause may follow. */
const texts: Record<number, string> = {
  400: 'Bad request',
  401: 'User not authenticated',
  403: 'User not authorized',
  404: 'Resource not found',
  429: 'API call rate limit exeeded',
  500: 'Internal Server Error',
};

test.each(Object.keys(errorTable) as ErrorCode[])('%s is a message and nothing else', (code) => {
  const [status, body] = answerTo(new Refusal(code));
  expect(status).toBe(code === 'validation-failed' ? 400 : errorTable[code].status);
  expect(body).toEqual({ message: expect.stringMatching(/^[A-Z][A-Za-z ]+(: .+)?$/) });
  const text = texts[status];
  if (text !== undefined) expect([text, `${text}: ${errorTable[code].title}`]).toContain(body.message);
});

test('a status that the vendor’s page has and that the caller can’t mend by the cause is told by its text alone', () => {
  const faults = [{ pointer: '/name', rule: 'x', detail: 'is wrong' }];
  for (const code of ['unauthenticated', 'not-found', 'rate-limited', 'internal-error'] as const) {
    const refusal = new Refusal(code, { detail: 'A detail', faults });
    const { status } = refusal;
    expect(answerTo(refusal)).toEqual([status, { message: texts[status] }]);
  }
});

test('the cause names every member, header and parameter as the caller wrote it', () => {
  const faults = [
    { pointer: '/properties/a~1b~0c', rule: 'type', detail: 'must be string' },
    { pointer: 'If-Match', rule: 'format', detail: 'is malformed' },
    { pointer: '', rule: 'scope', detail: 'needs the scope customer:read' },
  ];
  expect(answerTo(new Refusal('forbidden', { faults }))[1]).toEqual({
    message:
      'User not authorized: properties.a/b~c must be string; If-Match is malformed; needs the scope customer:read',
  });
});

test.each([
  ['If-Match', 'If-Match must be *', 'If-Match must be *'],
  ['Idempotency-Key', 'The key must not be empty.', 'Idempotency-Key: The key must not be empty.'],
  ['/creationTimestamp', 'The number is too large.', 'creationTimestamp: The number is too large.'],
  ['', 'The JSON text ends too early.', 'The JSON text ends too early.'],
])('a cause at %j that is a sentence is told once and whole: %s', (pointer, detail, cause) => {
  const refusal = new Refusal('invalid-header', { faults: [{ pointer, rule: 'x', detail }] });
  expect(answerTo(refusal)[1]).toEqual({ message: `Bad request: ${cause}` });
});

test('what a refusal says in headers is said', () => {
  const refusal = new Refusal('rate-limited', { headers: { 'retry-after': '7' } });
  expect(errorReply(refusal, {}).headers['retry-after']).toBe('7');
});
