import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Client } from '../support/client.ts';
import { startService, type TestService } from '../support/service.ts';

/** What is remembered of a person is protected as the person is now. */
const secret = /Ada|Augusta|Number4711|Canary/;
let service: TestService;
let key: Client;
let id: string;

beforeAll(async () => {
  service = await startService();
  key = await service.withKey({ scopes: ['customer:read', 'customer:write', 'history:read'] });
});
afterAll(() => service.stop());

describe.each([2, 3, 4])('after the level was raised to %i', (level) => {
  const masked = level === 2 ? '***' : undefined;
  beforeAll(async () => {
    const made = await service.create({
      name: 'Ada',
      identifiers: { taxId: 'Number4711', vatNumber: 'Number4711-V' },
      metadata: { Canary1: 'a', Canary2: 'b' },
      contacts: [{ firstName: 'Ada' }],
      source: 'open',
    });
    id = made['id'];
    await service.patch(id, { name: 'Augusta Ada', metadata: { Canary1: 'c', Canary2: null } });
    await service.patch(id, { protectionLevel: level }, { 'customary-reason': 'Court order on Ada' });
  });

  test('the record as of an earlier time is protected too, and exact for who sees it all', async () => {
    for (const query of ['asOf=1', 'asOf=2', 'asOf=2&fields=name,metadata,identifiers']) {
      const answer = await key.get(`/v1/customers/${id}?${query}`);
      expect(answer.status).toBe(200);
      expect(answer.text).not.toMatch(secret);
      expect(answer.body['name']).toBe(masked);
    }
    const exact = (await service.get(`/v1/customers/${id}?asOf=1`)).body;
    expect(exact).toMatchObject({ name: 'Ada', protectionLevel: 1, version: 1 });
  });

  test('the history names no value, no made-up name and no reason', async () => {
    const answer = await key.get(`/v1/customers/${id}/history`);
    expect(answer.text).not.toMatch(secret);
    const [raised, changed] = answer.body['entries'];
    expect(raised).toMatchObject({
      reason: null,
      changes: [{ path: '/protectionLevel', before: 1, after: level }],
    });
    expect(changed.changes.map((change: { path: string }) => change.path).sort()).toEqual([
      '/metadata',
      '/name',
    ]);
    const whole = await service.get(`/v1/customers/${id}/history`);
    expect(whole.body['entries'][1].changes.map((change: { path: string }) => change.path).sort()).toEqual([
      '/metadata/Canary1',
      '/metadata/Canary2',
      '/name',
    ]);
  });

  test('a change of an older version cannot carry values out of it', async () => {
    const copy = [{ op: 'copy', from: '/name', path: '/source' }];
    for (const query of ['?onConflict=merge', '?onConflict=merge&dryRun=true']) {
      const answer = await key.jsonPatch(id, copy, { 'if-match': '"2"' }, query);
      expect(answer.status).toBe(412);
      expect(answer.text).not.toMatch(secret);
    }
    const probe = [{ op: 'test', path: '/name', value: 'Augusta Ada' }];
    const right = await key.jsonPatch(id, probe, { 'if-match': '"2"' }, '?onConflict=merge');
    const wrong = await key.jsonPatch(
      id,
      [{ ...probe[0], value: 'Eve' }],
      { 'if-match': '"2"' },
      '?onConflict=merge',
    );
    expect(right.text.replace(/"requestId":"[^"]*"/, '')).toBe(wrong.text.replace(/"requestId":"[^"]*"/, ''));
    expect((await service.get(`/v1/customers/${id}`)).body['source']).toBe('open');
  });
});

describe('a conflict shows each value as its own path is seen', () => {
  /** Changes that meet at different depths: mine, and theirs before it. */
  const clashes: [string, object, object][] = [
    [
      'mine is a group, theirs a member of it',
      { identifiers: null },
      { identifiers: { taxId: 'Number4711-Augusta' } },
    ],
    ['mine is a member, theirs the group', { identifiers: { taxId: 'M' } }, { identifiers: null }],
    [
      'both are the same member',
      { identifiers: { taxId: 'M' } },
      { identifiers: { taxId: 'Number4711-Augusta' } },
    ],
    ['mine is a list, theirs an item', { contacts: null }, { contacts: [{ firstName: 'Augusta' }] }],
    ['mine is a made-up name, theirs the whole', { metadata: { CanaryMine: 1 } }, { metadata: null }],
    [
      'both are the same made-up name',
      { metadata: { Canary1: 'm' } },
      { metadata: { Canary1: 'Number4711' } },
    ],
    ['mine is a secret', { securityPin: 'M' }, { securityPin: 'Number4711' }],
  ];

  test.each(clashes)('%s', async (_name, mine, theirs) => {
    const writer = await service.withKey({ scopes: ['customer:write', 'personal:write'] });
    for (const level of [2, 3, 4]) {
      const made = await service.create(
        {
          name: 'Ada',
          identifiers: { taxId: 'Number4711', vatNumber: 'Number4711-V' },
          contacts: [{ firstName: 'Ada' }],
          metadata: { Canary1: 'a' },
          securityPin: 'Number4711-P',
          protectionLevel: level,
        },
        { 'customary-reason': 'Test' },
      );
      if (level === 4)
        await service.patch(made['id'], { protectionLevel: 3 }, { 'customary-reason': 'Lift' });
      const known = level === 4 ? '"2"' : '"1"';
      await service.patch(made['id'], theirs, { 'customary-reason': 'Test' });
      const headers = { 'if-match': known, 'customary-reason': 'Test' };
      const answer = await writer.patch(made['id'], mine, headers, '?onConflict=merge');
      expect([200, 409]).toContain(answer.status);
      expect(answer.text).not.toMatch(/Ada|Augusta|Number4711|Canary1/);
      const all = await service.patch(made['id'], mine, headers, '?onConflict=merge');
      if (answer.status === 409) expect(all.body['conflicts']).not.toEqual([]);
    }
  });

  test('values that meet at different depths are masked and not left open', async () => {
    const { id: one } = await service.create({
      identifiers: { taxId: 'Number4711', vatNumber: 'V' },
      protectionLevel: 2,
    });
    await service.patch(one, { identifiers: { taxId: '4712' } });
    const writer = await service.withKey({ scopes: ['customer:write', 'personal:write', 'customer:read'] });
    const answer = await writer.put(one, { identifiers: null }, { 'if-match': '"1"' }, '?onConflict=merge');
    expect(answer.body['conflicts']).toEqual([
      { path: '/identifiers', base: '***', yours: null, theirs: '***' },
    ]);
  });
});
