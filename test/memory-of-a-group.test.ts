import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { scopes } from '../src/access/scopes.ts';
import { noDisclosures } from '../src/customer/disclosures.ts';
import type { Command } from '../src/customer/operation.ts';
import { type Update, updateCustomer } from '../src/customer/update-customer.ts';
import type { JsonObject } from '../src/schema/json.ts';
import { collectGarbage } from './support/collect-garbage.ts';
import { holdCustomer } from './support/lock.ts';
import { startService, type TestService } from './support/service.ts';
import { tenantOf } from './support/tenant-of.ts';

let service: TestService;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.stop());

/** A change of a customer's note that tells what it was decided from and what it made, without holding either. */
const changeOf = async (customerId: string, met: WeakRef<object>[]): Promise<Command<Update>> => ({
  operation: updateCustomer,
  customerId,
  input: {
    write(seen) {
      met.push(new WeakRef(seen), new WeakRef(seen.data));
      return { ...(seen.data as JsonObject), note: 'after' };
    },
    said: (seen) => seen.data as JsonObject,
  },
  context: {
    tenant: await tenantOf(service),
    principal: { name: 'test', scopes: new Set(scopes), customerId: null },
    ...{ contract: 'native', operation: 'test', requestId: 'test', reason: null, newId: uuidv7 },
    disclosed: noDisclosures(null),
  },
  precondition: { kind: 'none' },
  ...{ mergeStale: false, dryRun: false, idempotency: null, accepts: null, finishes: null },
  render(outcome) {
    if (outcome.kind === 'done') met.push(new WeakRef(outcome.customer), new WeakRef(outcome.customer.data));
    return { status: 200, headers: {}, body: '' };
  },
});

test('while a group waits for the database, nothing holds what it was decided from or what it writes', async () => {
  const id = (await service.create({ note: 'before' }))['id'] as string;
  const met: WeakRef<object>[] = [];
  const lock = await holdCustomer(service.database, id);
  try {
    const reply = service.app.door.execute(await changeOf(id, met));
    await lock.awaited();
    collectGarbage();
    expect(met).toHaveLength(4);
    expect(met.map((one) => one.deref())).toEqual(met.map(() => undefined));
    await lock.release();
    expect((await reply).status).toBe(200);
    expect((await service.get(`/v1/customers/${id}`)).body).toMatchObject({ version: 2, note: 'after' });
  } finally {
    await lock.release();
  }
});
