import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { collectGarbage } from '../../test/support/collect-garbage.ts';
import type { Customer } from '../customer/customer.ts';
import { noLinks } from '../mapping/links.ts';
import type { JsonObject } from '../schema/json.ts';
import { mapping } from './keypro/mapping.ts';
import { mappedView } from './mapped-view.ts';

const customer = (name: string): Customer => ({
  id: '018f0000-0000-7000-8000-000000000001',
  tenantId: '018f0000-0000-7000-8000-000000000002',
  number: 1001,
  version: 3,
  createdAt: new Date('2024-01-01T00:00:00Z'),
  updatedAt: new Date('2024-02-01T00:00:00Z'),
  deletedAt: null,
  data: { name, protectionLevel: 1 },
});

const view = mappedView(mapping);

test('a document is written once for a customer, and anew for another one', () => {
  const [one, other] = [customer('Ada'), customer('Grace')];
  const document = view.write(one, noLinks);
  expect(view.write(one, noLinks)).toBe(document);
  expect(view.write(other, noLinks)).not.toEqual(document);
});

test('nothing of a customer is held beyond the turn in which it was written', async () => {
  const written = (): WeakRef<JsonObject | Customer>[] => {
    const one = customer('Ada');
    return [new WeakRef(one), new WeakRef(view.write(one, noLinks))];
  };
  const met = written();
  await nextTurn();
  collectGarbage();
  expect(met.map((one) => one.deref())).toEqual([undefined, undefined]);
});
