import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startService, type TestService } from '../../support/service.ts';
import { logIn, namesIn } from './client.ts';

let service: TestService;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.stop());

describe('who lists customers', () => {
  test('needs the permission to read all customers', async () => {
    const { tenantId } = service;
    const weak = await logIn(
      await service.withKey({ tenantId, scopes: ['customer:read', 'customer:write'] }),
    );
    const { status, body } = await weak.list({});
    expect([status, body['message']]).toEqual([403, 'User not authorized: needs the scope customer:list']);
  });

  test('finds the customers below the own one alone', async () => {
    const other = await service.otherTenant();
    const root = await other.create({ kind: 'organisation', name: 'Root' });
    await other.create({ kind: 'organisation', name: 'Below', parentId: root['id'] });
    await other.create({ kind: 'organisation', name: 'Beside' });
    const key = await service.withKey({ tenantId: other.tenantId, customerId: root['id'] });
    const bound = await logIn({ ...key, tenantName: other.tenantName });
    expect(namesIn(await bound.list({}))).toEqual(['Root', 'Below']);
    expect((await bound.list({ name: 'like;b' })).body['totalElements']).toBe(1);
  });

  test('finds nobody by what is masked, nor learns its order', async () => {
    const other = await service.otherTenant();
    const make = (name: string, protectionLevel: number) =>
      other.create(
        { kind: 'person', name, protectionLevel, extensions: { servitly: { lastAccessTimestamp: 5 } } },
        { 'customary-reason': 'a test' },
      );
    for (const level of [2, 3]) for (const name of ['Zoe', 'Ada']) await make(name, level);
    const key = await service.withKey({ tenantId: other.tenantId, scopes: ['customer:list'] });
    const reader = await logIn({ ...key, tenantName: other.tenantName });
    const count = async (query: Record<string, string>) => (await reader.list(query)).body['totalElements'];
    for (const query of [
      { name: 'Ada' },
      { name: 'beginsWith;A' },
      { name: 'like;d' },
      { name: 'gt;A' },
      { searchField: 'name', searchText: 'ad*' },
      { lastAccessTimestamp: 'eq;5' },
    ])
      expect(await count(query), JSON.stringify(query)).toBe(0);
    for (const sort of ['name,ASC', 'name,DESC']) {
      const shown = namesIn(await reader.list({ sort }));
      expect(shown).toEqual(sort === 'name,ASC' ? [null, null, '***', '***'] : ['***', '***', null, null]);
    }
    const all = await logIn(other);
    expect(namesIn(await all.list({ sort: 'name,ASC' }))).toEqual(['Ada', 'Ada', 'Zoe', 'Zoe']);
  });
});
