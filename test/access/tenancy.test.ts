import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { contracts } from '../../src/contracts/all.ts';
import type { Client } from '../support/client.ts';
import { startService, type TestService } from '../support/service.ts';
import type { Target } from './example-call.ts';
import { routeExamples } from './example-calls.ts';
import { holdingsOf, makeCall, makeTarget, unknownTarget, wholeAnswer, withOwnNumbers } from './targets.ts';

let service: TestService;
let stranger: Client & { tenantId: string };
let foreign: Target;
beforeAll(async () => {
  service = await startService();
  stranger = await service.otherTenant();
  await withOwnNumbers(service.database, service.tenantId);
  foreign = await makeTarget(service);
  await service.create({ kind: 'person', parentId: foreign.customerId });
  await makeTarget(stranger);
});
afterAll(() => service.stop());

const routes = contracts.flatMap((contract) => contract.routes.map((route) => `${contract.id}.${route.id}`));

describe('what belongs to another tenant is as if absent, byte for byte', () => {
  test.each(routes)('%s', async (name) => {
    const example = routeExamples[name];
    if (!example) throw new Error(`The route ${name} has no example calls in its examples`);
    const unknown = unknownTarget();
    const before = await holdingsOf(service.database, service.tenantId);
    const ofForeign = example.naming(foreign);
    const ofUnknown = example.naming(unknown);
    for (const [index, call] of ofForeign.entries()) {
      const absent = await makeCall(stranger, ofUnknown[index]!);
      const answer = await makeCall(stranger, call);
      expect(wholeAnswer(answer, foreign), `${call.method} ${call.path}`).toBe(wholeAnswer(absent, unknown));
      expect(answer.text).not.toContain(foreign.word);
    }
    expect(await holdingsOf(service.database, service.tenantId)).toEqual(before);
  });
});

test('no example stands for a route that is gone', () => {
  expect(Object.keys(routeExamples).sort()).toEqual([...routes].sort());
});

test('a unique value of one tenant is free in another, and both are found by their own tenant alone', async () => {
  const mine = await service.create({ kind: 'person', accountNumber: 'SAME-1', registrationCode: 'SAME-R' });
  const theirs = await stranger.create({
    kind: 'person',
    accountNumber: 'SAME-1',
    registrationCode: 'SAME-R',
  });
  for (const [client, id] of [
    [service, mine['id']],
    [stranger, theirs['id']],
  ] as const) {
    const found = await client.get('/v1/customers?accountNumber=SAME-1');
    expect(found.body['customers'].map((one: { id: string }) => one.id)).toEqual([id]);
  }
});

test('the same idempotency key in two tenants makes two changes', async () => {
  const key = { 'idempotency-key': 'shared-between-tenants' };
  const mine = await service.create({ kind: 'person', name: 'Mine' }, key);
  const theirs = await stranger.create({ kind: 'person', name: 'Theirs' }, key);
  expect(theirs['name']).toBe('Theirs');
  expect(theirs['id']).not.toBe(mine['id']);
});
