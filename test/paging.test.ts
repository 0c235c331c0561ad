import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startService, type TestService } from './support/service.ts';

let service: TestService;
const made: string[] = [];
beforeAll(async () => {
  service = await startService();
  for (let n = 0; n < 57; n++) {
    made.push((await service.create({ source: `${n}`, status: n % 3 === 0 ? 'active' : 'pending' }))['id']);
  }
});
afterAll(() => service.stop());

interface Row {
  id: string;
  number: number;
  updatedAt: string;
}

/** Reads every page; `between` runs after each. */
const readAll = async (query: string, between: (page: Row[]) => Promise<void> = async () => {}) => {
  const rows: Row[] = [];
  const sizes: number[] = [];
  for (let token: string | undefined, first = true; first || token !== undefined; first = false) {
    const page = token === undefined ? '' : `&pageToken=${encodeURIComponent(token)}`;
    const { status, body } = await service.get(`/v1/customers?${query}${page}`);
    expect(status).toBe(200);
    rows.push(...body['customers']);
    sizes.push(body['customers'].length);
    token = body['nextPageToken'];
    await between(body['customers']);
  }
  return { rows, sizes, ids: rows.map((row) => row.id) };
};

describe('pages', () => {
  test.each([1, 7, 56, 57, 58, 500])('of %i visit every customer once, in order', async (limit) => {
    const up = await readAll(`limit=${limit}`);
    expect(up.ids).toEqual(made);
    expect(up.sizes.slice(0, -1).every((size) => size === limit)).toBe(true);
    expect(up.sizes.at(-1)).toBeGreaterThan(0);
    expect((await readAll(`limit=${limit}&sort=number`)).ids).toEqual(made);
    expect((await readAll(`limit=${limit}&sort=-number`)).ids).toEqual(made.toReversed());
  });

  test('by the time of the last change, both ways, equal times included', async () => {
    await service.send('POST', '/v1/customers/batch', {
      body: {
        changes: made.slice(20, 40).map((id) => ({ op: 'mergePatch', id, body: { note: 'same time' } })),
      },
    });
    const up = await readAll('limit=4&sort=updatedAt');
    expect(new Set(up.ids)).toEqual(new Set(made));
    expect(up.ids).toHaveLength(made.length);
    const times = up.rows.map((row) => row.updatedAt);
    expect(times).toEqual(times.toSorted());
    expect(new Set(times).size).toBeLessThan(times.length);
    expect((await readAll('limit=4&sort=-updatedAt')).ids).toEqual(up.ids.toReversed());
  });

  test('of a filtered list hold only what the filter lets through, and are as full as asked', async () => {
    const { ids, sizes } = await readAll('limit=5&status=active');
    expect(ids).toEqual(made.filter((_, n) => n % 3 === 0));
    expect(sizes).toEqual([5, 5, 5, 4]);
  });

  test('hold 50 customers when no limit is given', async () => {
    const { body } = await service.get('/v1/customers');
    expect(body['customers']).toHaveLength(50);
    expect(body['nextPageToken']).toBeTypeOf('string');
  });

  test.each(['0', '501', '-1', 'x', '1.5', '1e2', '', '٣'])('limit %j is refused', async (limit) => {
    const answer = await service.get(`/v1/customers?limit=${encodeURIComponent(limit)}`);
    expect(answer.status).toBe(400);
    expect(answer.body['errors']).toMatchObject([{ pointer: 'limit', rule: 'range' }]);
  });

  test.each(['name', '+number', 'number,updatedAt', ''])('sort %j is refused', async (sort) => {
    const answer = await service.get(`/v1/customers?sort=${encodeURIComponent(sort)}`);
    expect(answer.status).toBe(400);
    expect(answer.body['errors']).toMatchObject([{ pointer: 'sort', rule: 'enum' }]);
  });
});

describe('while others write in between', () => {
  test('by number, each customer that was there is visited once', async () => {
    const added: string[] = [];
    const removed = (await service.create({ source: 'to go' }))['id'];
    const { ids } = await readAll('limit=10', async (page) => {
      added.push((await service.create({ source: 'new' }))['id']);
      for (const row of page.slice(0, 3)) await service.patch(row.id, { note: `${Math.random()}` });
      if (added.length === 2) await service.remove(removed);
    });
    expect(ids.slice(0, made.length)).toEqual(made);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).not.toContain(removed);
    for (const id of added) await service.remove(id);
  });

  test('by the time of the last change, each that nobody changes is visited once, and a changed one again', async () => {
    const [first, , third] = made as [string, string, string];
    let changed = false;
    const { ids } = await readAll('limit=10&sort=updatedAt', async (page) => {
      if (changed || !page.some((row) => row.id === third)) return;
      changed = true;
      await service.patch(third, { note: 'changed while read' });
    });
    expect(new Set(ids)).toEqual(new Set(made));
    expect(ids.filter((id) => id === first)).toHaveLength(1);
    expect(ids.filter((id) => id === third)).toHaveLength(2);
    expect(ids).toHaveLength(made.length + 1);
  });
});

describe('a page token', () => {
  const tokenOf = async (query: string) =>
    (await service.get(`/v1/customers?limit=2&${query}`)).body['nextPageToken'] as string;

  test('is good for its own list, with another limit and other fields too', async () => {
    const token = await tokenOf('status=pending&sort=-number');
    const next = await service.get(
      `/v1/customers?limit=3&fields=id&status=pending&sort=-number&pageToken=${token}`,
    );
    expect(next.body['customers']).toHaveLength(3);
  });

  test('is good for its own list, in whatever order the filters are named', async () => {
    const token = await tokenOf('status=pending&parentId=none&sort=-number');
    const next = await service.get(
      `/v1/customers?pageToken=${token}&sort=-number&parentId=none&status=pending`,
    );
    expect(next.status).toBe(200);
    expect(next.body['customers'].length).toBeGreaterThan(0);
  });

  test.each([
    ['another filter', 'status=active'],
    ['one filter more', 'status=pending&kind=person'],
    ['no filter', ''],
    ['another order', 'status=pending&sort=-number'],
    ['another kind of order', 'status=pending&sort=updatedAt'],
  ])('is refused with %s', async (_what, query) => {
    const token = await tokenOf('status=pending');
    const answer = await service.get(`/v1/customers?${query}&pageToken=${token}`);
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({
      type: 'urn:customary:problem:invalid-page-token',
      errors: [{ pointer: 'pageToken', rule: 'pageToken' }],
    });
  });

  test('is refused when it is another tenant’s, another bound key’s, cut or made up', async () => {
    const token = await tokenOf('');
    const other = await service.otherTenant();
    const bound = await service.withKey({ customerId: made[0] as string });
    for (const client of [other, bound]) {
      expect((await client.get(`/v1/customers?pageToken=${token}`)).status).toBe(400);
    }
    const [end, seal] = token.split('.') as [string, string];
    const forged = Buffer.from(JSON.stringify(['1', made[0]])).toString('base64url');
    for (const bad of [
      '',
      'x',
      '.',
      end,
      `${end}.`,
      `.${seal}`,
      `${forged}.${seal}`,
      seal,
      `${end}.${end}`,
    ]) {
      expect((await service.get(`/v1/customers?pageToken=${bad}`)).status).toBe(400);
    }
  });

  test('shows nothing of what was searched', async () => {
    for (let n = 0; n < 2; n++) await service.create({ email: 'searched@example.org' });
    const { body } = await service.get('/v1/customers?limit=1&email=searched@example.org');
    const text = Buffer.from(body['nextPageToken'].split('.')[0], 'base64url').toString();
    expect(text).not.toContain('searched');
    expect(JSON.parse(text)).toHaveLength(2);
  });
});
