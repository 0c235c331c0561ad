import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Scope } from '../../../src/access/scopes.ts';
import { protectedMembers } from '../../../src/contracts/keypro/protection.ts';
import { startService, type TestService } from '../../support/service.ts';
import { keyproExample } from '../examples/keypro.ts';
import { type KeyproClient, keyproClient } from './client.ts';

let service: TestService;
let all: KeyproClient;
beforeAll(async () => {
  service = await startService();
  all = keyproClient(service);
});
afterAll(() => service.stop());

const basic: Scope[] = ['customer:read', 'customer:write', 'customer:list'];
const as = async (...more: Scope[]): Promise<KeyproClient> =>
  keyproClient(await service.withKey({ scopes: [...basic, ...more] }));

const reason = { 'customary-reason': 'Asked by phone' };
const { customer_number: _number, ...whole } = keyproExample.full;

/** A customer with a value in every member, at a level. */
const atLevel = async (level: number): Promise<number> => {
  const { number, id } = await service.create();
  await all.patch(number, whole);
  const raised = await service.patch(id, { protectionLevel: level }, reason);
  expect(raised.status).toBe(200);
  return number;
};

/** The members that the page marks. */
const marked = [
  'customer_email',
  'customer_name',
  'customer_name_ext',
  'customer_phone',
  'invoice_name',
  'secondary_phone',
  'ssn_or_business_id',
];

test('every member that the page marks is protected, and what the record protects beside', () => {
  expect([...protectedMembers].sort()).toEqual([...marked, 'identification', 'note', 'sms_numbers'].sort());
});

const sights = (document: object) =>
  new Set([...protectedMembers].map((name) => (document as Record<string, unknown>)[name] ?? 'absent'));

describe('what a caller reads', () => {
  const values = new Set([...protectedMembers].map((name) => whole[name]));
  const [open, masked, absent] = [values, new Set(['***']), new Set(['absent'])];
  test.each([
    [1, [], open],
    [2, [], masked],
    [3, [], absent],
    [4, [], absent],
    [1, ['personal:read'], open],
    [2, ['personal:read'], open],
    [3, ['personal:read'], open],
    [4, ['personal:read'], absent],
    [4, ['privacy:manage'], open],
    [4, ['personal:read', 'personal:write'], absent],
  ] as [number, Scope[], Set<unknown>][])('at level %s with %j', async (level, scopes, seen) => {
    const id = await atLevel(level);
    const key = await as(...scopes);
    const read = await key.get(`/customers/${id}/`);
    const listed = (await key.get(`/customers/?id=${id}`)).body['Results'][0];
    const changed = await key.patch(id, { country: 'SE' });
    expect(changed.status).toBe(200);
    for (const document of [read.body, listed, changed.body]) {
      expect(sights(document)).toEqual(seen);
      if (seen === absent) for (const name of protectedMembers) expect(document).not.toHaveProperty(name);
    }
    const { restricted_type, address, coop_sum } = read.body;
    expect([restricted_type, address, coop_sum]).toEqual([level, 7, '2500.00']);
  });
});

describe('what a write to a protected member needs', () => {
  const change = { customer_phone: '+358 50 000 0000' };
  test.each([
    [1, [], {}, 200],
    [2, [], {}, 403],
    [2, ['personal:read'], reason, 403],
    [2, ['personal:write'], {}, 200],
    [3, [], reason, 403],
    [3, ['personal:write'], {}, 403],
    [3, ['personal:write'], reason, 200],
    [4, ['personal:write'], reason, 403],
    [4, ['personal:read', 'personal:write', 'privacy:manage'], reason, 403],
  ] as [number, Scope[], Record<string, string>, number][])(
    'at level %s with %j and %j: %s',
    async (level, scopes, headers, status) => {
      const id = await atLevel(level);
      const answer = await (await as(...scopes)).patch(id, change, headers);
      expect(answer.status, answer.text).toBe(status);
      if (status === 403) {
        expect(Object.keys(answer.body)).toEqual(['details']);
        expect(answer.body['details']).toContain('customer_phone');
      }
      const stored = (await service.get(`/v1/customers?number=${id}`)).body['customers'][0];
      if (level < 4) expect(stored.phone === change.customer_phone).toBe(status === 200);
    },
  );

  test('the missing reason is told with its header', async () => {
    const answer = await (await as('personal:write')).patch(await atLevel(3), change);
    expect(answer.body['details']).toContain('Customary-Reason');
  });

  test('a restricted customer is changed again once the restriction is lifted', async () => {
    const id = await atLevel(4);
    expect((await all.patch(id, { restricted_type: 2 })).status).toBe(403);
    const lifted = await all.patch(id, { restricted_type: 2, ...change }, reason);
    expect([lifted.status, lifted.body['customer_phone']]).toEqual([200, change.customer_phone]);
  });

  test('lowering the level needs privacy:manage, raising it does not', async () => {
    const id = await atLevel(2);
    const writer = await as('personal:write');
    const lowered = await writer.patch(id, { restricted_type: 1 });
    expect([lowered.status, lowered.body['details']]).toEqual([
      403,
      expect.stringContaining('restricted_type'),
    ]);
    expect((await writer.patch(id, { restricted_type: 3 }, reason)).status).toBe(200);
    expect((await all.patch(id, { restricted_type: 1 }, reason)).body['restricted_type']).toBe(1);
  });
});

test('members that are not protected need no right to personal data, be they the first of their group', async () => {
  const open = {
    address: 1,
    invoice_country: 'FI',
    coop_sum: '1.00',
    is_sms_disabled: true,
    status: 5,
    customer_number: 'OPEN-1',
  };
  for (const level of [2, 3]) {
    const { number } = await service.create({ kind: 'person', protectionLevel: level }, reason);
    const key = await as();
    const answer = await key.patch(number, { ...open, customer_number: `OPEN-${level}` });
    expect(answer.status, answer.text).toBe(200);
    const cleared = Object.fromEntries(Object.keys(open).map((name) => [name, null]));
    expect((await key.patch(number, cleared)).status).toBe(200);
  }
});

describe('what comes back as it was shown changes nothing', () => {
  test.each([1, 2, 3])('at level %s, by PATCH and by PUT, whatever the caller sees', async (level) => {
    for (const scopes of [[], ['personal:write'], ['personal:read', 'personal:write']] as Scope[][]) {
      const id = await atLevel(level);
      const key = await as(...scopes);
      const shown = await key.get(`/customers/${id}/`);
      for (const send of [key.patch, key.put]) {
        const answer = await send(id, shown.body, reason);
        expect([answer.status, answer.headers.get('etag')]).toEqual([200, shown.headers.get('etag')]);
      }
      expect((await all.get(`/customers/${id}/`)).body).toMatchObject({ ...whole, restricted_type: level });
    }
  });

  test('a mask never becomes the value, even from a caller who sees more by now', async () => {
    const id = await atLevel(2);
    const masked = (await (await as()).get(`/customers/${id}/`)).body;
    expect(masked['customer_name']).toBe('***');
    for (const send of [all.patch, all.put]) {
      const answer = await send(id, { ...masked, country: 'NO' });
      expect(answer.body).toMatchObject({ ...whole, country: 'NO', restricted_type: 2 });
    }
    await all.patch(id, { restricted_type: 1, country: null }, reason);
    expect((await all.put(id, { ...masked, restricted_type: 1 })).body).toMatchObject({
      customer_name: whole['customer_name'],
      sms_numbers: whole['sms_numbers'],
    });
    expect(await all.create({ customer_name: '***', country: '***' })).toMatchObject({
      customer_name: null,
      country: '***',
    });
  });
});

describe('searching by protected members', () => {
  const questions = Object.fromEntries(
    [...protectedMembers].map((name) => [name, [whole[name]].flat()[0] as string]),
  );
  const finds = async (key: KeyproClient, id: number) => {
    const found = Object.entries(questions).map(async ([name, value]) =>
      (await key.found(`${name}=${encodeURIComponent(value)}`)).includes(id),
    );
    return new Set(await Promise.all(found));
  };

  test.each([
    [1, [], true],
    [2, [], false],
    [3, [], false],
    [4, [], false],
    [2, ['personal:read'], true],
    [3, ['personal:read'], true],
    [4, ['personal:read'], false],
    [4, ['privacy:manage'], true],
  ] as [number, Scope[], boolean][])('at level %s with %j finds: %s', async (level, scopes, found) => {
    const id = await atLevel(level);
    expect(await finds(await as(...scopes), id)).toEqual(new Set([found]));
  });

  test('the mask finds nobody', async () => {
    const id = await atLevel(2);
    const key = await as();
    for (const name of protectedMembers) expect(await key.found(`${name}=***`)).not.toContain(id);
  });

  test('serves exact match alone, and says so', async () => {
    const lookups = ['__icontains', '__startswith', '__iendswith', '__isnull', '__gt', '__lte'];
    for (const name of protectedMembers) {
      const parameters = [
        ...lookups.map((lookup) => name + lookup),
        `not__${name}`,
        `not__${name}__contains`,
      ];
      for (const parameter of parameters) {
        const answer = await all.get(`/customers/?${parameter}=x`);
        expect([answer.status, answer.body]).toEqual([
          400,
          { [parameter]: ['This parameter is encrypted and can be filtered by exact match only.'] },
        ]);
      }
      const ordered = await all.get(`/customers/?orderby=id,-${name}`);
      expect([ordered.status, Object.keys(ordered.body)]).toEqual([400, ['orderby']]);
    }
  });
});
