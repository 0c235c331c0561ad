import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createApiKey } from '../../src/access/api-key.ts';
import type { Scope } from '../../src/access/scopes.ts';
import { contracts } from '../../src/contracts/all.ts';
import type { Contract, Route } from '../../src/contracts/contract.ts';
import { callerOf } from '../support/caller.ts';
import { type Answer, createClient } from '../support/client.ts';
import { startService, type TestService } from '../support/service.ts';
import type { ExampleCall, Target } from './example-call.ts';
import { contractExamples, routeExamples } from './example-calls.ts';
import { holdingsOf, makeCall, makeCallWith, makeTarget } from './targets.ts';

let service: TestService;
let target: Target;
beforeAll(async () => {
  service = await startService();
  target = await makeTarget(service);
});
afterAll(() => service.stop());

const surface = contracts.flatMap((contract) =>
  contract.routes.map((route) => ({ name: `${contract.id}.${route.id}`, contract, route })),
);
const guarded = surface.filter(({ route }) => !route.public);

test('the surface of the service is the reviewed one', async () => {
  const row = (cells: string[]) => `| ${cells.join(' | ')} |`;
  const rows = surface.map(({ name, contract, route }) => {
    const ofAny = route.bodyLimit === 'batch' ? '(those of each change in it)' : '(any key)';
    const without = route.public ? '(no key)' : ofAny;
    const scopes = route.scopes.length > 0 ? route.scopes.join(', ') : without;
    return row([name, route.method, contract.prefix + route.path, scopes]);
  });
  const text = [
    '# Every route of every contract',
    '',
    'A change of this list is a change of what the service lets in: review it like one.',
    '',
    row(['Route', 'Method', 'Path', 'Scopes']),
    row(['---', '---', '---', '---']),
    ...rows,
    '',
  ].join('\n');
  await expect(text).toMatchFileSnapshot('../snapshots/routes.md');
});

describe.each(guarded)('$name', ({ name, contract, route }) => {
  const allowed = routeExamples[name]?.allowed ?? [];

  test('has a test of its authorisation that names the scopes of the route', () => {
    expect(allowed.length, `Add ${name} to the examples of its contract`).toBeGreaterThan(0);
    for (const { scopes } of allowed) expect(scopes).toEqual(expect.arrayContaining([...route.scopes]));
  });

  test('refuses every text that is not a live key, and does nothing', async () => {
    const before = await holdingsOf(service.database, service.tenantId);
    for (const { call } of allowed) {
      for (const [what, secret] of await deadSecrets(service)) {
        const nobody = createClient(service.address, secret, service.tenantName);
        const answer = await makeCall(nobody, await call(target, callerOf(nobody)));
        expect(answer.status, what).toBe(401);
        expect(answer.headers.get('www-authenticate')).toBe(contract.challenge);
        expect(answer.headers.get('content-type')).toContain(contract.errorMediaType);
      }
      const none = await withoutKey(await call(target, callerOf(service)));
      expect(none.status).toBe(401);
      expect(none.headers.get('www-authenticate')).toBe(contract.challenge);
    }
    const after = await holdingsOf(service.database, service.tenantId);
    expect({ ...after, api_key: null }).toEqual({ ...before, api_key: null });
  });

  test('refuses a key of another contract', async () => {
    const key = await service.withKey();
    // Shown before the key is bound, so that a contract that logs in has a session to show.
    const shown = await contractExamples[contract.id]?.headersOf(callerOf(key));
    await service.database.query('UPDATE api_key SET contract = $2 WHERE key_id = $1', [
      key.keyId,
      otherThan(contract),
    ]);
    for (const { call } of allowed) {
      const answer = await makeCallWith(key, shown ?? {}, await call(target, callerOf(key)));
      expect(answer.status).toBe(403);
      if (contract.prefix === '/v1') expect(answer.body['errors'][0].rule).toBe('contract');
    }
    const own = await service.withKey({ contract: contract.id, name: 'main' });
    for (const one of allowed) {
      const call = await one.call(await targetOf(route), callerOf(own));
      expect(outcomeOf(await makeCall(own, call)).status).toBe(one.status);
    }
  });

  test('needs each of its scopes and no other', async () => {
    for (const one of allowed) {
      const fresh = await targetOf(route);
      for (const missing of one.scopes) {
        const others = allScopes.filter((scope) => scope !== missing);
        const before = await holdingsOf(service.database, service.tenantId);
        const key = await service.withKey({ name: 'main', scopes: others });
        const call = await one.call(fresh, callerOf(key));
        const { status, problem } = outcomeOf(await makeCall(key, call));
        expect(status, `without ${missing}`).toBe(403);
        if (contract.prefix === '/v1') {
          const detail = `needs the scope ${missing}`;
          expect(problem.errors).toEqual([{ pointer: '', rule: 'scope', detail }]);
        }
        const after = await holdingsOf(service.database, service.tenantId);
        // A contract that logs in has a session of the key that was just made.
        const withoutKeys = { api_key: null, session: null };
        expect({ ...after, ...withoutKeys }).toEqual({ ...before, ...withoutKeys });
      }
      const exact = await service.withKey({ name: 'main', scopes: one.scopes });
      const call = await one.call(fresh, callerOf(exact));
      expect(outcomeOf(await makeCall(exact, call)).status, one.scopes.join()).toBe(one.status);
    }
  });

  test('is refused before anything is told of what it names', async () => {
    const key = await service.withKey({ scopes: [] });
    for (const { call } of allowed) {
      const caller = callerOf(key);
      const one = await call(target, caller);
      const there = await makeCall(key, one);
      const named = /\{\w+\}/.test(route.path) ? { ...target, ...nowhere } : target;
      const { path } = await call(named, caller);
      const absent = await makeCall(key, { ...one, path });
      expect(absent.text).toBe(there.text);
    }
  });
});

/** What a call is made with that is let through: what only reads needs no target of its own. */
const targetOf = async ({ method }: Route): Promise<Target> =>
  method === 'GET' ? target : makeTarget(service);

const allScopes: Scope[] = [
  'customer:read',
  'customer:list',
  'customer:write',
  'customer:delete',
  'history:read',
  'personal:read',
  'personal:write',
  'privacy:manage',
  'admin',
];

const nowhere = {
  customerId: '018f0000-0000-7000-8000-000000000000',
  requestId: '018f0000-0000-7000-8000-000000000000',
  number: '2000000000',
};

const otherThan = (contract: Contract): string => `not-${contract.id}`;

/** The outcome of a call, or of the only change of a batch. */
const outcomeOf = (answer: Answer) => {
  const [first] = (answer.body['outcomes'] ?? []) as { status: number; error: Answer['body'] }[];
  return first
    ? { status: first.status, problem: first.error }
    : { status: answer.status, problem: answer.body };
};

const withoutKey = ({ method, path }: ExampleCall): Promise<Response> =>
  fetch(service.address + path, { method });

/** Texts in the place of a key that open nothing. */
const deadSecrets = async (one: TestService): Promise<[string, string][]> => {
  const revoked = await one.withKey();
  await one.database.query('UPDATE api_key SET revoked_at = now() WHERE key_id = $1', [revoked.keyId]);
  const expired = await one.withKey({ expiresAt: new Date(Date.now() - 1000) });
  const twin = one.secret.at(-40) === '0' ? '1' : '0';
  return [
    ['garbage', 'garbage'],
    ['only a prefix', one.secret.slice(0, 37)],
    ['a wrong checksum', `${one.secret.slice(0, -1)}${one.secret.endsWith('0') ? '1' : '0'}`],
    ['another secret part', one.secret.slice(0, -40) + twin + one.secret.slice(-39)],
    ['a key that was never stored', createApiKey(one.tenantId).secret],
    ['a key of a tenant that is not there', createApiKey(nowhere.customerId).secret],
    ['a revoked key', revoked.secret],
    ['an expired key', expired.secret],
  ];
};
