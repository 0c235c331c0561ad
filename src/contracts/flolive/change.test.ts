import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { arbitraryCustomer } from '../../../test/support/arbitrary-customer.ts';
import { withItemIds } from '../../customer/check-record.ts';
import { ignoredMembers } from '../../mapping/ignored-members.ts';
import { normalBody } from './body.ts';
import { valueFaults } from './body-faults.ts';
import { applied } from './change.ts';
import { mapping } from './mapping.ts';
import { ruleFaults } from './rules.ts';
import { changeWire } from './wire.ts';

test('a customer of any contract that was read may be sent back, and changes nothing', () => {
  fc.assert(
    fc.property(arbitraryCustomer(), (data) => {
      const record = withItemIds(data, randomUUID);
      const shown = mapping.write(record);
      const { body } = ignoredMembers(changeWire, normalBody(shown));
      expect(valueFaults(body, () => shown)).toEqual([]);
      const document = applied(shown, body);
      expect(ruleFaults({ document, before: shown, body })).toEqual([]);
      expect(mapping.read(document, record, undefined, shown)).toEqual(record);
    }),
  );
});
