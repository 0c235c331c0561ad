import fc from 'fast-check';
import { expect, test } from 'vitest';
import { arbitraryCustomer } from '../../test/support/arbitrary-customer.ts';
import { newDataKey } from '../privacy/data-key.ts';
import type { JsonObject } from '../schema/json.ts';
import type { Customer, CustomerData } from './customer.ts';
import { decodeCustomer, encodeCustomer, levelInText, withData } from './record.ts';

const dataKey = newDataKey();

/** The row of a customer as it is read again. */
const stored = (one: Customer) => ({ ...encodeCustomer(one), dataKey, erasedAt: null });

const customer = (data: object): Customer => ({
  id: '01890000-0000-7000-8000-000000000001',
  tenantId: '01890000-0000-7000-8000-00000000000a',
  number: 7,
  version: 3,
  createdAt: new Date(1),
  updatedAt: new Date(2),
  deletedAt: null,
  dataKey,
  data: data as CustomerData,
});

test('a customer is read from its row as it was written, absent, null and value', () => {
  fc.assert(
    fc.property(arbitraryCustomer(), (data) => {
      const read = decodeCustomer(stored(customer(data)), customer(data).tenantId);
      expect(withData(read, read.data as JsonObject)).toEqual(customer(data));
      expect(JSON.parse(read.text as string)).toEqual(data);
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

test.each([
  [{ protectionLevel: 1 }, 1],
  [{ protectionLevel: 4, name: 'Ada' }, 4],
  [{ metadata: { protectionLevel: 3 }, protectionLevel: 1 }, 3],
  [{ metadata: { protectionLevel: 1 }, protectionLevel: 4 }, 4],
  [{ attributes: { protectionLevel: '4' }, protectionLevel: 2 }, 2],
  [{ note: '"protectionLevel":4', protectionLevel: 1 }, 1],
  [{ note: 'Zoë Ł "protectionLevel":4', protectionLevel: 3 }, 3],
  [{}, 0],
])('the text of %j names level %i', (data, level) => {
  expect(levelInText(customer(data))).toBe(level);
});

test('a customer with another record does not keep the level of the one before', () => {
  const before = customer({ protectionLevel: 1 });
  expect(levelInText(before)).toBe(1);
  expect(levelInText(withData(before, { protectionLevel: 4 }))).toBe(4);
});
