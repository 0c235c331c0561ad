import fc from 'fast-check';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Answer } from './support/client.ts';
import { ended, later } from './support/requests.ts';
import { countRows, unpairedChanges } from './support/rows.ts';
import { startService, type TestService } from './support/service.ts';

let service: TestService;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.stop());

type Operation =
  | { kind: 'patch'; note: string | null; valid: boolean; dryRun: boolean }
  | { kind: 'jsonPatch'; value: string }
  | { kind: 'put'; again: boolean; note: string }
  | { kind: 'remove' }
  | { kind: 'undo'; version: number }
  | { kind: 'stale'; merge: boolean; note: string }
  | { kind: 'twice'; note: string }
  | { kind: 'later'; note: string };

const note = fc.constantFrom('a', 'b');
const operation: fc.Arbitrary<Operation> = fc.oneof(
  fc.record({
    kind: fc.constant('patch' as const),
    note: fc.option(note),
    valid: fc.boolean(),
    dryRun: fc.boolean(),
  }),
  fc.record({ kind: fc.constant('jsonPatch' as const), value: note }),
  fc.record({ kind: fc.constant('put' as const), again: fc.boolean(), note }),
  fc.record({ kind: fc.constant('remove' as const) }),
  fc.record({ kind: fc.constant('undo' as const), version: fc.integer({ min: 1, max: 8 }) }),
  fc.record({ kind: fc.constant('stale' as const), merge: fc.boolean(), note }),
  fc.record({ kind: fc.constant('twice' as const), note }),
  fc.record({ kind: fc.constant('later' as const), note }),
);

const carryOut = async (id: string, one: Operation): Promise<Answer> => {
  switch (one.kind) {
    case 'patch': {
      const body = { note: one.note, ...(one.valid ? {} : { status: 'odd' }) };
      return service.patch(id, body, {}, one.dryRun ? '?dryRun=true' : '');
    }
    case 'jsonPatch':
      return service.jsonPatch(id, [{ op: 'add', path: '/note', value: one.value }]);
    case 'put': {
      const { body } = await service.get(`/v1/customers/${id}`);
      return service.put(id, one.again ? body : { ...body, note: one.note });
    }
    case 'remove':
      return service.remove(id);
    case 'undo':
      return service.send('POST', `/v1/customers/${id}/history/${one.version}/undo`);
    case 'stale':
      return service.patch(
        id,
        { note: one.note },
        { 'if-match': '"1"' },
        one.merge ? '?onConflict=merge' : '',
      );
    case 'twice': {
      const key = { 'idempotency-key': uuidv7() };
      await service.patch(id, { note: one.note }, key);
      return service.patch(id, { note: one.note }, key);
    }
    case 'later': {
      const accepted = await service.patch(id, { note: one.note }, later);
      if (accepted.status === 202) await ended(service, accepted);
      return accepted;
    }
  }
};

/** The record, as far as a change of it is a change. */
const stateOf = async (id: string) => {
  const [row] = await service.database.query<{ version: number; state: string }>(
    `SELECT version::int AS version, encode(sealed, 'escape') || coalesce(deleted_at::text, '') AS state
     FROM customer WHERE customer_id = $1`,
    [id],
  );
  return row as { version: number; state: string };
};

test('every write has one history row and one outbox row, and what changes nothing has none', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(operation, { minLength: 1, maxLength: 12 }), async (operations) => {
      const id = (await service.create({ name: 'Ada', note: 'a' }))['id'] as string;
      for (const one of operations) {
        const before = {
          ...(await stateOf(id)),
          ...(await countRows(service.database, service.tenantId, id)),
        };
        const answer = await carryOut(id, one);
        const after = {
          ...(await stateOf(id)),
          ...(await countRows(service.database, service.tenantId, id)),
        };
        const changed = after.state === before.state ? 0 : 1;
        expect(answer.status).not.toBe(500);
        expect(after.version - before.version).toBe(changed);
        expect(after.history - before.history).toBe(changed);
        expect(after.outbox - before.outbox).toBe(changed);
      }
      const { version } = await stateOf(id);
      const { history, outbox } = await countRows(service.database, service.tenantId, id);
      expect([history, outbox]).toEqual([version, version]);
    }),
    { numRuns: 30 },
  );
  expect(await unpairedChanges(service.database, service.tenantId)).toEqual([]);
});
