import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { JsonObject } from '../../src/schema/json.ts';
import { relatedCustomers } from '../support/arbitrary-customer.ts';
import type { Client } from '../support/client.ts';
import { startService, type TestService } from '../support/service.ts';

let service: TestService;
let other: Client;
beforeAll(async () => {
  service = await startService();
  other = await service.otherTenant();
});
afterAll(() => service.stop());

const why = { 'customary-reason': 'A test' };

const exportOf = async (client: Client, id: string) => (await client.get(`/v1/customers/${id}/export`)).body;

/** What an import takes over. */
const keptOf = ({ customer, history }: JsonObject, versions: number) => {
  const { number: _n, humanReadableId: _h, version: _v, updatedAt: _u, ...record } = customer as JsonObject;
  return { record, history: (history as JsonObject[]).slice(0, versions) };
};

test('what is exported and imported is the same record with the same history, whatever was done to it', async () => {
  await fc.assert(
    fc.asyncProperty(relatedCustomers(), fc.boolean(), async ([one, two], undone) => {
      const { id } = await service.create(one, why);
      await service.put(id, two, why);
      await service.patch(id, { ...one, note: 'again' }, why);
      if (undone) await service.send('POST', `/v1/customers/${id}/history/2/undo`, { headers: why });
      const before = await exportOf(service, id);
      const versions = before['history'].length;
      const answer = await other.send('POST', '/v1/customers/import', { body: before, headers: why });
      expect(answer.text).not.toContain('"errors"');
      expect(answer.status).toBe(201);
      const after = await exportOf(other, id);
      expect(keptOf(after, versions)).toEqual(keptOf(before, versions));
      expect(after['history'].slice(versions)).toMatchObject([
        { version: versions + 1, operation: 'customer.import', changes: [] },
      ]);
      // A smaller failing case may hold the same unique values.
      const removed = await Promise.all([service.remove(id, why), other.remove(id, why)]);
      expect(removed.map(({ status }) => status)).toEqual([204, 204]);
    }),
    { numRuns: 12 },
  );
});
