import fc from 'fast-check';
import { expect, test } from 'vitest';
import { arbitraryCustomer } from '../../../test/support/arbitrary-customer.ts';
import { customerWith } from '../../../test/support/customer-with.ts';
import type { Scope } from '../../access/scopes.ts';
import type { Context } from '../../customer/context.ts';
import { noDisclosures } from '../../customer/disclosures.ts';
import { systemMembers } from '../../customer/system-members.ts';
import type { JsonObject } from '../../schema/json.ts';
import { customerBody, customerReply } from './reply.ts';

const contextWith = (...scopes: Scope[]): Context => ({
  tenant: { id: '018f0000-0000-7000-8000-000000000002', name: 'acme', secret: Buffer.alloc(32) },
  principal: { name: 'key_1', scopes: new Set(scopes), customerId: null },
  contract: 'native',
  operation: 'getCustomer',
  requestId: 'r',
  reason: null,
  newId: () => '018f0000-0000-7000-8000-000000000003',
  disclosed: noDisclosures(null),
});

const seesAll = contextWith('customer:read', 'personal:read', 'privacy:manage');

test('a customer of whom nothing is hidden is answered with the bytes of the same document, whatever its letters', () => {
  fc.assert(
    fc.property(arbitraryCustomer(), (data) => {
      const { body } = customerReply(200, customerWith(data), seesAll, {});
      expect(body).toBeInstanceOf(Buffer);
      expect(JSON.parse(String(body))).toEqual(customerBody(customerWith(data), seesAll));
    }),
    { numRuns: 50 },
  );
});

test.each<[string, JsonObject]>([
  ['nothing', {}],
  ['letters of one to four bytes', { name: 'Ada Ängström Łukasz 山田 🦉', protectionLevel: 1 }],
])('a record of %s is answered in UTF-8', (_name, data) => {
  const { body } = customerReply(200, customerWith(data), seesAll, {});
  const expected = JSON.stringify({ ...systemMembers(customerWith(data)), ...data });
  expect(Buffer.from(body)).toEqual(Buffer.from(expected));
});

test('a customer of whom something is hidden is never answered with its stored bytes', () => {
  const secret = { name: 'Zpersonal', securityPin: 'Zpin', protectionLevel: 3 };
  const { body } = customerReply(200, customerWith(secret), contextWith('customer:read'), {});
  expect(String(body)).not.toMatch(/Zpersonal|Zpin/);
});
