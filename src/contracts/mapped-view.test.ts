import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { collectGarbage } from '../../test/support/collect-garbage.ts';
import { customerWith } from '../../test/support/customer-with.ts';
import type { Customer } from '../customer/customer.ts';
import { noLinks } from '../mapping/links.ts';
import type { JsonObject } from '../schema/json.ts';
import { mapping } from './keypro/mapping.ts';
import { mappedView } from './mapped-view.ts';

const view = mappedView(mapping);

test('a document is written once for a customer, and anew for another one', () => {
  const [one, other] = [customerWith({ name: 'Ada' }), customerWith({ name: 'Grace' })];
  const document = view.write(one, noLinks);
  expect(view.write(one, noLinks)).toBe(document);
  expect(view.write(other, noLinks)).not.toEqual(document);
});

test('nothing of a customer is held beyond the turn in which it was written', async () => {
  const written = (): WeakRef<JsonObject | Customer>[] => {
    const one = customerWith({ name: 'Ada' });
    return [new WeakRef(one), new WeakRef(view.write(one, noLinks))];
  };
  const met = written();
  await nextTurn();
  collectGarbage();
  expect(met.map((one) => one.deref())).toEqual([undefined, undefined]);
});
