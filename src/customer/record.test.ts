import fc from 'fast-check';
import { expect, test } from 'vitest';
import { arbitraryCustomer } from '../../test/support/arbitrary-customer.ts';
import { customerWith } from '../../test/support/customer-with.ts';
import { newDataKey } from '../privacy/data-key.ts';
import type { JsonObject } from '../schema/json.ts';
import type { Customer } from './customer.ts';
import { decodeCustomer, encodeCustomer, withData } from './record.ts';

const dataKey = newDataKey();

/** The row of a customer as it is read again. */
const stored = (one: Customer) => ({ ...encodeCustomer(one), dataKey, erasedAt: null });

const customer = (data: object): Customer => ({ ...customerWith(data as JsonObject), dataKey });

test('a customer is read from its row as it was written, absent, null and value', () => {
  fc.assert(
    fc.property(arbitraryCustomer(), (data) => {
      const read = decodeCustomer(stored(customer(data)), customer(data).tenantId);
      expect(withData(read, read.data as JsonObject)).toEqual(customer(data));
      expect(JSON.parse(String(read.bytes))).toEqual(data);
    }),
    { numRuns: 50 },
  );
});

test('the row names the parent, and nothing else of the record in the open', () => {
  const parentId = '01890000-0000-7000-8000-000000000002';
  const person = customer({
    parentId,
    status: 'active',
    name: 'Ada Lovelace',
    metadata: { name: 'Ada Lovelace' },
  });
  expect(encodeCustomer(person).parentId).toBe(parentId);
  expect(encodeCustomer(customer({ parentId: null })).parentId).toBeNull();
  expect(encodeCustomer(customer({})).parentId).toBeNull();
});

test('a customer with another record does not keep the text of the one before', () => {
  const { tenantId } = customer({});
  const before = decodeCustomer(stored(customer({ name: 'Ada' })), tenantId);
  const after = withData(before, { name: 'Grace' });
  expect(decodeCustomer(stored(after), tenantId).data).toEqual({ name: 'Grace' });
});

test('what is left of an erased customer holds nothing, whatever lies in its row', () => {
  const row = stored(customer({ name: 'Zpersonal' }));
  for (const erased of [{ dataKey: 'destroyed' as const }, { erasedAt: new Date(3) }]) {
    const left = decodeCustomer({ ...row, ...erased }, customer({}).tenantId);
    expect(left.erased).toBe(true);
    expect(JSON.stringify(left)).not.toContain('Zpersonal');
  }
});
