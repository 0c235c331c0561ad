import { expect, test } from 'vitest';
import { type ErrorCode, errorTable, Refusal } from '../../errors.ts';
import { validator } from '../../schema/validate.ts';
import { errorReply, errorSchema } from './errors.ts';

const faults = [{ pointer: '/fields/2/value', rule: 'type', detail: 'must be string', wire: true as const }];
const asking = (accept?: string) => ({
  header: (name: string) => (name === 'accept' ? accept : undefined),
});

test('every refusal is the error object, with a status that the vendor has or that HTTP gives', () => {
  const judge = validator(errorSchema);
  const statuses = (Object.keys(errorTable) as ErrorCode[]).map((code) => {
    const { status, headers, body } = errorReply(new Refusal(code, { faults }), asking());
    expect(headers['content-type']).toBe('application/json; charset=utf-8');
    expect(judge(JSON.parse(body)), code).toEqual([]);
    return status;
  });
  const vendors = [400, 401, 403, 404, 405, 406, 409, 412, 415, 429, 500];
  expect([...new Set(statuses)].sort()).toEqual([...vendors, 408, 410, 413, 431, 503].sort());
});

test('members are named as they are written, parameters and headers by their names', () => {
  const pointers = [
    '/fields/2/value',
    '/billing_address/city',
    '/3/path',
    '/a~1b',
    '',
    'page_size',
    'If-Match',
  ];
  const refusal = new Refusal('validation-failed', {
    faults: pointers.map((pointer) => ({ pointer, rule: 'type', detail: 'is wrong' })),
  });
  const { errors } = JSON.parse(errorReply(refusal, asking()).body);
  expect(errors.map(({ field }: { field: string }) => field)).toEqual([
    'fields[2].value',
    'billing_address.city',
    '[3].path',
    'a/b',
    '',
    'page_size',
    'If-Match',
  ]);
});

test('a refusal keeps its headers and takes the media type that is preferred, else JSON', () => {
  const refusal = new Refusal('rate-limited', { headers: { 'retry-after': '3' } });
  const typeOf = (accept: string) => errorReply(refusal, asking(accept)).headers['content-type'];
  expect(errorReply(refusal, asking()).headers['retry-after']).toBe('3');
  expect(typeOf('text/json')).toBe('text/json; charset=utf-8');
  expect(typeOf('text/html')).toBe('text/html; charset=utf-8');
  expect(typeOf('image/png')).toBe('application/json; charset=utf-8');
});
