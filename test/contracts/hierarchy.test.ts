import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { range } from '../support/answers.ts';
import { holdCustomer } from '../support/lock.ts';
import { startService, type TestService } from '../support/service.ts';
import { floliveExample } from './examples/flolive.ts';
import { revioExample } from './examples/revio.ts';
import { type Named, type Speaker, speakerOf } from './suite-support.ts';

let service: TestService;
let revio: Speaker;
beforeAll(async () => {
  service = await startService();
  revio = await speakerOf(revioExample, service);
});
afterAll(() => service.stop());

const make = async (data: object = {}): Promise<Named> =>
  (await service.create({ kind: 'organisation', ...data })) as unknown as Named;
const parentOf = async ({ id }: { id: string }): Promise<string | null> =>
  (await service.get(`/v1/customers/${id}`)).body['parentId'] ?? null;

/** Every way to move a customer below another. */
const ways: Record<string, (one: Named, below: Named) => Promise<number>> = {
  native: async (one, below) => (await service.patch(one.id, { parentId: below.id })).status,
  'Rev.io, by a patch': async (one, below) =>
    (await revio.send(revioExample.calls.update(revio.nameOf(one), { parent_customer_id: below.number })))
      .status,
  'Rev.io, by a replacement': async (one, below) => {
    const replace = revioExample.calls.replace as NonNullable<typeof revioExample.calls.replace>;
    return (await revio.send(replace(revio.nameOf(one), { parent_customer_id: below.number }))).status;
  },
};
const pairs = Object.keys(ways).flatMap((one) => Object.keys(ways).map((other) => [one, other] as const));

describe('two moves that together were a circle', () => {
  test.each(pairs)('%s and %s: one after the other, the second is refused', async (first, second) => {
    const [one, two, three] = [await make(), await make(), await make()];
    await service.patch(three.id, { parentId: two.id });
    expect(await ways[first]?.(two, one)).toBe(200);
    expect(await ways[second]?.(one, three)).toBeGreaterThanOrEqual(400);
    expect(await ways[second]?.(one, one)).toBeGreaterThanOrEqual(400);
    expect(await parentOf(one)).toBeNull();
  });

  test.each(pairs)('%s and %s at once: one alone is made', async (first, second) => {
    for (const _round of range(6)) {
      const [one, two] = [await make(), await make()];
      const statuses = await Promise.all([ways[first]?.(one, two), ways[second]?.(two, one)]);
      expect(statuses.filter((status) => status === 200)).toHaveLength(1);
      expect([await parentOf(one), await parentOf(two)].filter((parent) => parent === null)).toHaveLength(1);
    }
  });
});

test('many moves through both at once never close a circle', async () => {
  const all = await Promise.all(range(15).map(() => make()));
  const move = Object.values(ways);
  const statuses = await Promise.all(
    all.map((one, index) => move[index % move.length]?.(one, all[(index + 1) % all.length] as Named)),
  );
  expect(statuses.filter((status) => status === 200).length).toBeGreaterThan(0);
  for (const one of all) {
    const seen = new Set<string>();
    for (let next: string | null = one.id; next !== null; next = await parentOf({ id: next })) {
      expect(seen.has(next)).toBe(false);
      seen.add(next);
    }
  }
});

describe('a requester of floLIVE may change', () => {
  const requesterOf = async (customer: Named): Promise<Speaker> =>
    speakerOf(floliveExample, await service.withKey({ customerId: customer.id }));
  const rename = (speaker: Speaker, { id }: Named, name = 'changed') =>
    speaker.finish(speaker.example.calls.update(id, { name }));
  const nameOf = async ({ id }: Named) => (await service.get(`/v1/customers/${id}`)).body['name'];

  test('whoever is below it, at any depth, and neither itself nor any other', async () => {
    const [root, above, stranger] = [await make(), await make(), await make()];
    await service.patch(root.id, { parentId: above.id });
    const child = await make({ parentId: root.id });
    const grandchild = await make({ parentId: child.id });
    const requester = await requesterOf(root);
    for (const below of [child, grandchild]) expect((await rename(requester, below)).outcome).toBe('success');
    const own = await rename(requester, root);
    expect([own.outcome, own.answer.status]).toEqual(['failure', 403]);
    for (const other of [above, stranger]) {
      expect((await rename(requester, other)).answer.status).toBe(requester.statusOf('not-found'));
    }
  });

  test('whoever is below it when the change is made, not when it was accepted', async () => {
    const [root, elsewhere] = [await make(), await make()];
    const child = await make({ parentId: root.id, name: 'before' });
    const requester = await requesterOf(root);
    const lock = await holdCustomer(service.database, child.id);
    const { door } = service.app;
    const waiting = (count: number) => vi.waitUntil(() => door.waiting() === count, { interval: 1 });
    const inTheWay = service.patch(child.id, { note: 'in the way' });
    await lock.awaited();
    const renaming = rename(requester, child);
    await waiting(1);
    const moving = service.patch(child.id, { parentId: elsewhere.id });
    await waiting(2);
    await lock.release();
    expect([(await inTheWay).status, (await moving).status]).toEqual([200, 200]);
    const { answer, outcome } = await renaming;
    expect([answer.status, outcome, await nameOf(child)]).toEqual([200, 'failure', 'before']);
  });

  test('nobody who came below it by Rev.io only after it had asked, and everybody from then on', async () => {
    const [root, child] = [await make(), await make()];
    const requester = await requesterOf(root);
    expect((await rename(requester, child)).answer.status).toBe(requester.statusOf('not-found'));
    expect(await ways['Rev.io, by a patch']?.(child, root)).toBe(200);
    expect((await rename(requester, child, 'below')).outcome).toBe('success');
    expect(await nameOf(child)).toBe('below');
  });
});
