import { expect, test } from 'vitest';
import { Refusal } from '../errors.ts';
import { withWirePointers } from './wire-pointers.ts';

const names: Record<string, string[]> = { '/name': ['/title'], '/extensions': ['/vat', '/unit'] };
const faultsOf = (refusal: Refusal) => withWirePointers(refusal, (pointer) => names[pointer] ?? []).faults;
const fault = (pointer: string) => ({ pointer, rule: 'type', detail: 'must be string' });

test('a fault of the record names the contract’s member, or the whole where there is none', () => {
  const faults = [fault('/name'), fault('/billing/email'), fault('')];
  expect(faultsOf(new Refusal('validation-failed', { faults }))).toEqual([
    { ...fault('/title'), wire: true },
    { ...fault(''), wire: true },
    fault(''),
  ]);
});

test('a fault of what several members say names each of them', () => {
  const faults = [fault('/extensions')];
  expect(faultsOf(new Refusal('validation-failed', { faults })).map(({ pointer }) => pointer)).toEqual([
    '/vat',
    '/unit',
  ]);
});

test('what is named in the contract’s words already stays, as do headers and parameters', () => {
  const marked = { ...fault('/name'), wire: true as const };
  const faults = [marked, fault('If-Match'), fault('limit')];
  expect(faultsOf(new Refusal('validation-failed', { faults }))).toEqual(faults);
  expect(faultsOf(new Refusal('validation-failed', { faults: [marked, fault('/name')] }))).toEqual([
    marked,
    { ...fault('/title'), wire: true },
  ]);
});

test('operations of a patch document are not members of the record', () => {
  for (const code of ['invalid-patch', 'patch-conflict'] as const) {
    expect(faultsOf(new Refusal(code, { faults: [fault('/3/path')] }))).toEqual([fault('/3/path')]);
  }
});

test('all else that a refusal says stays', () => {
  const cause = new Error('inner');
  const refusal = withWirePointers(
    new Refusal('precondition-failed', {
      detail: 'Stale',
      faults: [fault('/name')],
      extra: { currentVersion: 3 },
      headers: { 'retry-after': '1' },
      cause,
    }),
    () => ['/title'],
  );
  expect(refusal).toMatchObject({
    code: 'precondition-failed',
    detail: 'Stale',
    extra: { currentVersion: 3 },
    headers: { 'retry-after': '1' },
    cause,
  });
});
