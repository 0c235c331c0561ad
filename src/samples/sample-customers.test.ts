import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { checkRecord } from '../customer/check-record.ts';
import type { JsonObject } from '../schema/json.ts';
import type { SampleCustomer } from './sample-customer.ts';
import { sampleCustomers } from './sample-customers.ts';

describe('each sample customer', () => {
  test.each(sampleCustomers)('$key is a valid record', ({ data }) => {
    expect(checkRecord(data as unknown as JsonObject, {}, randomUUID)).toMatchObject(data);
  });

  test('has a key, an account number and a registration code of its own', () => {
    expect(repeated(sampleCustomers.map(({ key }) => key))).toEqual([]);
    expect(sampleCustomers.filter(({ data }) => !data.accountNumber)).toEqual([]);
    expect(repeated(sampleCustomers.map(({ data }) => data.accountNumber))).toEqual([]);
    expect(repeated(sampleCustomers.flatMap(({ data }) => data.registrationCode ?? []))).toEqual([]);
  });

  test('stands after its parent, who may have sub-customers', () => {
    for (const [index, { parent }] of sampleCustomers.entries()) {
      if (parent === null) continue;
      const found = sampleCustomers.slice(0, index).find(({ key }) => key === parent);
      expect(found?.data.delegation?.isParent, parent).toBe(true);
    }
  });

  test('has e-mail addresses in the domains of RFC 2606 alone', () => {
    const domains = JSON.stringify(sampleCustomers).match(/(?<=@)[^"@,\s]+/g) ?? [];
    expect(domains.filter((domain) => !/^example\.(com|org|net)$|\.example$/.test(domain))).toEqual([]);
  });
});

describe('the sample customers together', () => {
  test('are about 50, of at least 8 countries, persons and organisations, of every status', () => {
    expect(sampleCustomers.length).toBeGreaterThanOrEqual(48);
    expect(sampleCustomers.length).toBeLessThanOrEqual(55);
    expect(values((data) => data.country).size).toBeGreaterThanOrEqual(8);
    expect(values((data) => data.kind)).toEqual(new Set(['person', 'organisation']));
    expect(values((data) => data.status)).toEqual(
      new Set(['prospect', 'pending', 'active', 'suspended', 'closed']),
    );
  });

  test('begin with an organisation at the top whose customers reach two levels down', () => {
    const [first] = sampleCustomers;
    expect(first).toMatchObject({ parent: null, data: { kind: 'organisation', protectionLevel: 1 } });
    const grandchildren = sampleCustomers.filter((sample) => ancestors(sample).length === 2);
    expect(grandchildren.filter((sample) => ancestors(sample)[1] === first?.key).length).toBeGreaterThan(1);
  });

  test('are mostly open, several protected, one secret, none restricted', () => {
    const count = (level: number) =>
      sampleCustomers.filter(({ data }) => data.protectionLevel === level).length;
    expect(count(1)).toBeGreaterThan(sampleCustomers.length / 2);
    expect(count(2)).toBeGreaterThan(1);
    expect([count(3), count(4)]).toEqual([1, 0]);
  });
});

const repeated = <T>(items: T[]): T[] => items.filter((item, index) => items.indexOf(item) < index);

const values = <T>(pick: (data: SampleCustomer['data']) => T): Set<T> =>
  new Set(sampleCustomers.map(({ data }) => pick(data)));

/** The keys of a customer's parent, grandparent and so on. */
const ancestors = ({ parent }: SampleCustomer): string[] => {
  const found = sampleCustomers.find(({ key }) => key === parent);
  return found ? [found.key, ...ancestors(found)] : [];
};
