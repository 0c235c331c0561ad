import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Scope } from '../../src/access/scopes.ts';
import { contracts } from '../../src/contracts/all.ts';
import type { ExampleCall } from '../access/example-call.ts';
import { holdingsOf, withOwnNumbers } from '../access/targets.ts';
import { callerOf } from '../support/caller.ts';
import { startService, type TestService } from '../support/service.ts';
import type { ContractExample } from './contract-example.ts';
import { contractExamples } from './examples/all.ts';
import { type Named, type Speaker, speakerOf } from './suite-support.ts';

let service: TestService;
let customer: Named;
let parent: Named;
beforeAll(async () => {
  service = await startService();
  await withOwnNumbers(service.database, service.tenantId);
  parent = (await service.create()) as unknown as Named;
  customer = (await service.create({
    kind: 'person',
    name: 'Zforeign',
    parentId: parent.id,
  })) as unknown as Named;
});
afterAll(() => service.stop());

test('every contract but our own has its example, and no other', () => {
  const others = contracts.map(({ id }) => id).filter((id) => id !== 'native');
  expect(contractExamples.map(({ contract }) => contract.id).sort()).toEqual(others.sort());
});

const named = contractExamples.map((example) => ({ name: example.contract.id, example }));

/** Every call of a contract that names this customer, and those that name none. */
const callsOf = (
  { calls, change, full }: ContractExample,
  name: string,
  above: string,
): [string, ExampleCall][] => {
  const members = { [change.member]: change.values[0] };
  const all: [string, ExampleCall | undefined][] = [
    ['read', calls.read(name)],
    ['update', calls.update(name, members)],
    ['replace', calls.replace?.(name, full)],
    ['create', calls.create(members, above)],
    ['list', calls.list?.()],
    ['remove', calls.remove?.(name)],
  ];
  return all.flatMap(([what, call]) => (call ? [[what, call] as [string, ExampleCall]] : []));
};

const holdings = async () => ({
  ...(await holdingsOf(service.database, service.tenantId)),
  api_key: null,
  session: null,
});

describe.each(named)('$name lets nobody in', ({ example }) => {
  const { contract } = example;
  const expectRefused = async (speaker: Speaker, status: number, what: string) => {
    const before = await holdings();
    const calls = callsOf(example, speaker.nameOf(customer), speaker.nameOf(parent));
    for (const [which, call] of calls) {
      const answer = await speaker.send(call);
      expect(answer.status, `${which}: ${what}`).toBe(status);
      expect(answer.text).not.toContain('Zforeign');
      const challenge = answer.headers.get('www-authenticate');
      expect(challenge, what).toBe(status === 401 ? contract.challenge : null);
    }
    expect(await holdings()).toEqual(before);
  };

  test('who shows nothing or what makes no sense', async () => {
    const ways = await example.refused(callerOf(service));
    expect(ways.length).toBeGreaterThanOrEqual(4);
    for (const { way, headers, status } of ways) {
      await expectRefused(await speakerOf(example, service, headers), status, way);
    }
  });

  test.each([
    ['a revoked key', 'revoked_at = now()', 'unauthenticated'],
    ['an expired key', "expires_at = now() - interval '1 second'", 'unauthenticated'],
    ['a key of another contract', "contract = 'another'", 'forbidden'],
  ] as const)('with %s', async (what, change, code) => {
    const key = await service.withKey();
    const speaker = await speakerOf(example, key);
    await service.database.query(`UPDATE api_key SET ${change} WHERE key_id = $1`, [key.keyId]);
    await expectRefused(speaker, speaker.statusOf(code), what);
  });

  test('with a key that lacks a scope, and lets it in with exactly those of the call', async () => {
    // A tenant of its own, so that a value that must be unique meets no other contract's.
    const tenant = await service.otherTenant();
    const above = (await tenant.create()) as unknown as Named;
    const withScopes = async (scopes: readonly Scope[]) =>
      speakerOf(example, await service.withKey({ tenantId: tenant.tenantId, scopes }));
    for (const [which, scopes] of Object.entries(example.scopes)) {
      const calls = callsOf(example, '', '').map(([name]) => name);
      if (!calls.includes(which)) continue;
      const callAt = async (speaker: Speaker) => {
        const one = await tenant.create({ kind: 'person', parentId: above.id });
        const all = callsOf(example, speaker.nameOf(one as unknown as Named), speaker.nameOf(above));
        return speaker.send((all.find(([name]) => name === which) as [string, ExampleCall])[1]);
      };
      const exact = await withScopes(scopes);
      expect((await callAt(exact)).status, `${which} with ${scopes}`).toBeLessThan(300);
      for (const missing of scopes) {
        const rest = scopes.filter((scope) => scope !== missing);
        const weak = await withScopes(rest);
        const answer = await callAt(weak);
        expect(answer.status, `${which} without ${missing}`).toBe(weak.statusOf('forbidden'));
      }
    }
  });
});

describe.each(named)('$name: a customer of another tenant', ({ example }) => {
  test('answers as one that nobody has, byte for byte', async () => {
    const stranger = await speakerOf(example, await service.otherTenant());
    const unknown: Named = { id: '018f0000-0000-7000-8000-000000000000', number: 2_000_000_000 };
    const before = await holdings();
    const textOf = async (one: Named, call: ExampleCall) => {
      const answer = await stranger.send({
        ...call,
        headers: { ...call.headers, 'x-request-id': 'the-same' },
      });
      const headers = [...answer.headers].filter(([header]) => header !== 'date');
      const text = JSON.stringify([answer.status, headers, answer.text]);
      return text.replaceAll(one.id, 'ID').replaceAll(String(one.number), 'NUMBER');
    };
    const [theirs, absent] = [customer, unknown].map((one) =>
      callsOf(example, stranger.nameOf(one), stranger.nameOf(one)).filter(
        ([which]) => which !== 'list' && which !== 'create',
      ),
    );
    expect(theirs?.length).toBeGreaterThan(1);
    for (const [index, [which, call]] of (theirs ?? []).entries()) {
      const other = (absent as typeof theirs)?.[index]?.[1] as ExampleCall;
      expect(await textOf(customer, call), which).toBe(await textOf(unknown, other));
    }
    expect(await holdings()).toEqual(before);
  });

  test('is not in a list, and the own one is', async () => {
    if (!example.calls.list) return;
    const other = await service.otherTenant();
    await other.create({
      kind: 'person',
      name: 'Zmine',
      accountNumber: 'Zmine',
      source: 'Zmine',
      email: 'zmine@example.org',
    });
    const speaker = await speakerOf(example, other);
    const answer = await speaker.send(example.calls.list());
    expect(answer.status).toBe(200);
    expect(answer.text).toMatch(/zmine/i);
    expect(answer.text).not.toContain('Zforeign');
  });
});
