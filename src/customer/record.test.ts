import fc from 'fast-check';
import { expect, test } from 'vitest';
import { arbitraryCustomer } from '../../test/support/arbitrary-customer.ts';
import type { Customer, CustomerData } from './customer.ts';
import { decodeCustomer, encodeCustomer, openText, withData } from './record.ts';

const customer = (data: object): Customer => ({
  id: '01890000-0000-7000-8000-000000000001',
  tenantId: '01890000-0000-7000-8000-00000000000a',
  number: 7,
  version: 3,
  createdAt: new Date(1),
  updatedAt: new Date(2),
  deletedAt: null,
  data: data as CustomerData,
});

test('a customer is read from its row as it was written, absent, null and value', () => {
  fc.assert(
    fc.property(arbitraryCustomer(), (data) => {
      const { text, ...read } = decodeCustomer(encodeCustomer(customer(data)), customer(data).tenantId);
      expect(read).toEqual(customer(data));
      expect(JSON.parse(text as string)).toEqual(data);
    }),
    { numRuns: 50 },
  );
});

test('the row names the parent, and holds no personal value in the open', () => {
  const parentId = '01890000-0000-7000-8000-000000000002';
  const person = customer({
    parentId,
    status: 'active',
    name: 'Ada Lovelace',
    metadata: { name: 'Ada Lovelace' },
  });
  expect(encodeCustomer(person).parentId).toBe(parentId);
  expect(JSON.parse(openText(person))).toEqual({ parentId, status: 'active' });
  expect(encodeCustomer(customer({ parentId: null })).parentId).toBeNull();
  expect(encodeCustomer(customer({})).parentId).toBeNull();
});

test('a customer with another record does not keep the text of the one before', () => {
  const before = decodeCustomer(encodeCustomer(customer({ name: 'Ada' })), 't');
  const after = withData(before, { name: 'Grace' });
  expect(decodeCustomer(encodeCustomer(after), 't').data).toEqual({ name: 'Grace' });
});
