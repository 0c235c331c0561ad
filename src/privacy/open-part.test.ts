import fc from 'fast-check';
import { expect, test } from 'vitest';
import { arbitraryCustomer } from '../../test/support/arbitrary-customer.ts';
import { customerData } from '../customer/customer.ts';
import { customerShape } from '../customer/record.ts';
import { shapeOf } from '../schema/shape.ts';
import { openPart } from './open-part.ts';

const openOf = openPart(customerShape);

test('only members without personal marks lie open, groups member by member and lists as a whole', () => {
  expect(
    openOf({
      name: 'Ada',
      kind: 'person',
      status: null,
      securityPin: '1',
      registrationCode: 'r',
      billing: { method: 'email', email: 'a@example.org', name: 'Ada' },
      delegation: { offers: true },
      identifiers: { taxId: '1' },
      contacts: [{ id: 'one', type: 'owner' }],
      smsNumbers: ['1'],
      attributes: { plan: 'gold' },
      metadata: { a: 1 },
      extensions: { revio: {}, keypro: { address: 5 } },
      unknown: 'x',
    }),
  ).toEqual({
    kind: 'person',
    status: null,
    billing: { method: 'email' },
    delegation: { offers: true },
    attributes: { plan: 'gold' },
    extensions: { keypro: { address: 5 } },
  });
});

test('of any record, the open part has no marked member, and every other one as it is', () => {
  fc.assert(
    fc.property(arbitraryCustomer(), (data) => {
      const open = openOf(data);
      for (const [name, schema] of Object.entries(customerData.properties)) {
        const { marks, kind } = shapeOf(schema);
        if (marks.personal || marks.secret || kind === 'list') expect(open).not.toHaveProperty(name);
        else if (kind === 'leaf') expect(open[name]).toEqual(data[name]);
      }
    }),
    { numRuns: 50 },
  );
});

test('only an object has an open part', () => {
  const leaf = customerShape.kind === 'group' ? customerShape.members.get('name') : undefined;
  expect(() => openPart(leaf as typeof customerShape)).toThrow('Only an object has an open part');
});
