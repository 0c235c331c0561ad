import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Scope } from '../src/access/scopes.ts';
import type { Context } from '../src/customer/context.ts';
import type { Customer } from '../src/customer/customer.ts';
import { noDisclosures } from '../src/customer/disclosures.ts';
import { type ScanInput, scanCustomers } from '../src/customer/scan-customers.ts';
import { readTenant } from '../src/storage/tenants.ts';
import { startService, type TestService } from './support/service.ts';

/** More than two pages of what is looked at in one go. */
const size = 1234;
let service: TestService;
let context: Context;
beforeAll(async () => {
  service = await startService();
  context = await contextOf();
  for (let from = 0; from < size; from += 400) {
    const changes = Array.from({ length: Math.min(400, size - from) }, (_, index) => ({
      op: 'create',
      body: {
        kind: 'person',
        source: String(((from + index) * 7919) % size),
        status: statusOf(from + index),
      },
    }));
    const answer = await service.send('POST', '/v1/customers/batch', { body: { changes } });
    expect(answer.body['outcomes'].every((one: { status: number }) => one.status === 201)).toBe(true);
  }
});
afterAll(() => service.stop());

const statusOf = (index: number) => (index % 3 === 0 ? 'active' : 'pending');
const contextOf = async (
  over: { scopes?: Scope[]; customerId?: string; tenantId?: string } = {},
): Promise<Context> => ({
  tenant: (await readTenant(service.app.database, over.tenantId ?? service.tenantId))!,
  principal: {
    name: 'test',
    scopes: new Set(over.scopes ?? ['customer:list', 'personal:read']),
    customerId: over.customerId ?? null,
  },
  contract: 'native',
  operation: 'test',
  requestId: 'test',
  reason: null,
  newId: () => '',
  disclosed: noDisclosures(null),
});
const all: ScanInput = { filters: {}, offset: 0, limit: 100_000, total: false };
const scan = (input: Partial<ScanInput>, by: Context = context, mostScanned = 50_000) =>
  scanCustomers({ ...service.app.door, mostScanned }, by, { ...all, ...input });
const sources = (customers: Customer[]) => customers.map(({ data }) => Number(data.source));
const numbers = (customers: Customer[]) => customers.map(({ number }) => number);
/** Every third of them by a judgement that the index can't make. */
const isLow = ({ data }: Customer) => Number(data.source) < size / 3;
const bySource = (one: Customer, other: Customer) => Number(one.data.source) - Number(other.data.source);

describe('a list finds each customer once', () => {
  test.each([
    ['by number, from the database', {}],
    ['by number, each judged', { matches: () => true }],
  ])('%s, part by part', async (_how, input) => {
    const parts: number[] = [];
    for (let offset = 0; ; offset += 333) {
      const part = await scan({ ...input, offset, limit: 333, total: true });
      parts.push(...numbers(part.customers));
      expect(part.total).toBe(size);
      expect(part.hasMore).toBe(offset + 333 < size);
      if (!part.hasMore) break;
    }
    expect(parts).toHaveLength(size);
    expect(parts).toEqual(parts.toSorted((a, b) => a - b));
  });

  test.each([0, 1, 499, 500, 501, 999, 1000, 1001, size - 1, size])(
    'whether it ends at the %i-th or goes on',
    async (limit) => {
      for (const input of [{}, { matches: () => true }]) {
        const part = await scan({ ...input, limit });
        expect([part.customers.length, part.hasMore, part.total]).toEqual([limit, limit < size, undefined]);
      }
    },
  );

  test('that its judgement lets through, in the order asked, with their count', async () => {
    const low = Math.ceil(size / 3);
    const part = await scan({ matches: isLow, compare: bySource, offset: 7, limit: 20, total: true });
    expect(sources(part.customers)).toEqual(Array.from({ length: 20 }, (_, index) => index + 7));
    expect([part.hasMore, part.total]).toEqual([true, low]);
    const end = await scan({ matches: isLow, compare: bySource, offset: low - 3, limit: 20, total: true });
    expect(sources(end.customers)).toEqual([low - 3, low - 2, low - 1]);
    expect([end.hasMore, end.total]).toEqual([false, low]);
    expect(await scan({ matches: isLow, offset: 5000, limit: 1 })).toEqual({ customers: [], hasMore: false });
  });

  test('and equal ones stay in the order of their numbers', async () => {
    const { customers } = await scan({
      compare: (a, b) => (a.data.status ?? '').localeCompare(b.data.status ?? ''),
    });
    for (const status of ['active', 'pending']) {
      const found = numbers(customers.filter(({ data }) => data.status === status));
      expect(found).toEqual(found.toSorted((a, b) => a - b));
    }
  });

  test.each([
    ['from the database', {}],
    ['each judged', { matches: () => true }],
  ])('going on after the last one: %s', async (_how, input) => {
    const first = await scan({ ...input, limit: 600 });
    const last = first.customers.at(-1) as Customer;
    const after = { value: String(last.number), customerId: last.id };
    const rest = await scan({ ...input, after, limit: size });
    expect(rest.hasMore).toBe(false);
    const whole = await scan({});
    expect(numbers([...first.customers, ...rest.customers])).toEqual(numbers(whole.customers));
  });

  test('within what the index finds', async () => {
    const filters = { status: 'active' };
    const active = Math.ceil(size / 3);
    expect((await scan({ filters, total: true, limit: 1 })).total).toBe(active);
    const judged = await scan({ filters, total: true, matches: isLow });
    expect(
      judged.customers.every(({ data }) => data.status === 'active' && Number(data.source) < size / 3),
    ).toBe(true);
    expect(judged.customers).toHaveLength(judged.total ?? -1);
    expect(await scan({ filters: { number: '9999999999' }, total: true })).toEqual({
      customers: [],
      hasMore: false,
      total: 0,
    });
  });
});

describe('a list that would look at too many', () => {
  const tooMany = { code: 'invalid-query', faults: [{ rule: 'tooMany' }] };

  test('is refused, and told to be narrowed', async () => {
    await expect(scan({ matches: isLow }, context, size - 1)).rejects.toMatchObject(tooMany);
    await expect(scan({ compare: bySource, limit: 1 }, context, size - 1)).rejects.toMatchObject(tooMany);
    await expect(
      scan({ matches: () => true, limit: 1, total: true }, context, size - 1),
    ).rejects.toMatchObject(tooMany);
  });

  test('is answered where it finds enough before, or looks at fewer', async () => {
    expect((await scan({ matches: () => true, limit: 10 }, context, 600)).customers).toHaveLength(10);
    expect((await scan({ matches: isLow, filters: { status: 'active' } }, context, 600)).hasMore).toBe(false);
    expect((await scan({ matches: isLow }, context, size)).customers).toHaveLength(Math.ceil(size / 3));
    expect((await scan({ offset: 1000, limit: 10, total: true }, context, 1)).total).toBe(size);
  });
});

describe('a list tells nothing of', () => {
  const ways: [string, Partial<ScanInput>][] = [
    ['from the database', {}],
    ['judged', { matches: () => true }],
    ['sorted', { compare: bySource }],
  ];

  test.each(ways)(
    'deleted customers, other tenants and those beyond the key’s own: %s',
    async (_how, input) => {
      const other = await service.otherTenant();
      const root = await other.create({ kind: 'person', source: '1' });
      const child = await other.create({ kind: 'person', source: '2', parentId: root['id'] });
      const stranger = await other.create({ kind: 'person', source: '3' });
      const gone = await other.create({ kind: 'person', source: '4' });
      await other.remove(gone['id']);
      const whole = await scan({ ...input, total: true }, await contextOf(other));
      expect([sources(whole.customers), whole.total]).toEqual([[1, 2, 3], 3]);
      const bound = await contextOf({ tenantId: other.tenantId, customerId: root['id'] });
      const part = await scan({ ...input, total: true }, bound);
      expect(part.customers.map(({ id }) => id)).toEqual([root['id'], child['id']]);
      expect(part.total).toBe(2);
      const filtered = await scan(
        { ...input, total: true, filters: { number: String(stranger['number']) } },
        bound,
      );
      expect([filtered.customers, filtered.total]).toEqual([[], 0]);
    },
  );

  test.each([
    [1, true],
    [2, false],
    [3, false],
    [4, false],
  ])(
    'the personal members of level %i to a caller who may not see them',
    async (protectionLevel, isFound) => {
      const email = `level${protectionLevel}@example.org`;
      const reason = { 'customary-reason': 'a test' };
      const { id } = await service.create({ kind: 'person', name: 'Zaphod', email, protectionLevel }, reason);
      const weak = await contextOf({ scopes: ['customer:list'] });
      const found = async (input: Partial<ScanInput>) => {
        const { customers, total } = await scan({ ...input, total: true }, weak);
        expect(customers).toHaveLength(total ?? -1);
        return customers.some((one) => one.id === id);
      };
      expect(await found({ filters: { email } })).toBe(isFound);
      expect(await found({ matches: ({ data }) => data.email === email })).toBe(isFound);
      const { customers } = await scan({ matches: (one) => one.id === id, limit: 1 }, weak);
      expect(JSON.stringify(customers[0]?.data).includes('Zaphod')).toBe(isFound);
      const plain = await scan({ filters: { number: String(customers[0]?.number) } }, weak);
      expect(JSON.stringify(plain.customers[0]?.data).includes('Zaphod')).toBe(isFound);
      if (protectionLevel < 4) expect((await scan({ filters: { email } })).customers).toHaveLength(1);
      await service.patch(id, { protectionLevel: 1 }, { 'customary-reason': 'over' });
      await service.remove(id);
    },
  );

  test('anything to a key that may not list', async () => {
    const weak = await contextOf({ scopes: ['customer:read'] });
    await expect(scan({}, weak)).rejects.toMatchObject({ code: 'forbidden' });
    await expect(scan({ filters: { number: '9999999999' } }, weak)).rejects.toMatchObject({
      code: 'forbidden',
    });
  });
});

test('an unknown filter is refused', async () => {
  await expect(scan({ filters: { nope: 'x' } })).rejects.toMatchObject({ code: 'invalid-query' });
});
