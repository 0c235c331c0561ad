import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { decodeHeads } from '../../src/customer/checkpoint.ts';
import { makeCheckpoints } from '../../src/storage/checkpoints.ts';
import { settled } from '../../src/storage/settled.ts';
import type { Client } from '../support/client.ts';
import { startService, type TestService } from '../support/service.ts';

type Owned = Client & { tenantId: string };

let service: TestService;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.stop());

const longMs = 30_000;
const checkpoint = async ({ tenantId }: Owned, settledAt: Date | undefined): Promise<unknown[]> =>
  makeCheckpoints(service.app.database, tenantId, { settledAt });

/** The customers in a tenant's newest checkpoint. */
const newestOf = async ({ tenantId }: Owned): Promise<string[]> => {
  const [row] = await service.database.query<{ heads: Buffer }>(
    'SELECT heads FROM checkpoint WHERE tenant_id = $1 ORDER BY sequence DESC LIMIT 1',
    [tenantId],
  );
  return decodeHeads(row?.heads ?? Buffer.alloc(0)).map(({ customerId }) => customerId);
};

const create = async (client: Owned): Promise<string> => (await client.create())['id'];
/** As if the last change of a customer was decided ten minutes ago. */
const decidedLongAgo = `UPDATE customer SET updated_at = now() - interval '10 minutes' WHERE customer_id = $1`;

test('a change that takes ten minutes to be committed is in the next checkpoint', async () => {
  const client = await service.otherTenant();
  const late = await create(client);
  await checkpoint(client, undefined);
  const slow = new pg.Client({ connectionString: service.database.url });
  await slow.connect();
  await slow.query('BEGIN');
  await slow.query(decidedLongAgo, [late]);
  const prompt = await create(client);
  await checkpoint(client, await settled(service.app.database, 0));
  await slow.query('COMMIT');
  await slow.end();
  await checkpoint(client, await settled(service.app.database, longMs));
  expect(await newestOf(client)).toEqual([late, prompt]);
});

test('what was signed when nothing was still to come is not signed again', async () => {
  const client = await service.otherTenant();
  const signed = await create(client);
  await service.database.query(decidedLongAgo, [signed]);
  await checkpoint(client, await settled(service.app.database, longMs));
  expect(await newestOf(client)).toEqual([signed]);
  const next = await create(client);
  await checkpoint(client, undefined);
  expect(await newestOf(client)).toEqual([next]);
});

test('the same heads are not signed over and over while it is not known what is still to come', async () => {
  const client = await service.otherTenant();
  await create(client);
  expect(await checkpoint(client, undefined)).toHaveLength(1);
  expect(await checkpoint(client, undefined)).toEqual([]);
});

test('a transaction that runs is waited for, or known not to have ended', async () => {
  const { database } = service.app;
  const running = new pg.Client({ connectionString: service.database.url });
  await running.connect();
  await running.query('BEGIN');
  expect(await settled(database, 0)).toBeUndefined();
  let looks = 0;
  const at = await settled(
    {
      async inNone(work) {
        const seen = await database.inNone(work);
        looks += 1;
        if (looks === 1) await running.query('COMMIT');
        return seen;
      },
    },
    longMs,
  );
  await running.end();
  expect(at).toBeInstanceOf(Date);
  expect(looks).toBeGreaterThan(1);
});
