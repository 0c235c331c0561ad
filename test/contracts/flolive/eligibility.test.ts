import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startService, type TestService } from '../../support/service.ts';
import { contentOf, type Flolive, floliveClient, nakOf, notUpdated } from './client.ts';
import { createHold } from './hold.ts';

const hold = createHold();

let service: TestService;
let operator: Flolive;
beforeAll(async () => {
  service = await startService({ rewriteSql: hold.rewriteSql, settings: { SWEEP_MS: '20' } });
  operator = floliveClient(service);
});
afterAll(() => service.stop());

const make = async (parentId: string | null = null): Promise<string> =>
  (await service.create({ kind: 'person', name: 'Before', parentId }))['id'] as string;
/** A customer with a parent, sub-customers at three depths, a sibling, and the client of its own key. */
const family = async () => {
  const parent = await make();
  const own = await make(parent);
  const child = await make(own);
  const grandchild = await make(child);
  const deepest = await make(grandchild);
  const sibling = await make(parent);
  const flolive = floliveClient(await service.withKey({ customerId: own }));
  return { parent, own, child, grandchild, deepest, sibling, flolive };
};
const nameOf = async (id: string) => (await service.get(`/v1/customers/${id}`)).body['name'];
const noCustomer = [404, 'CUSTOMER_1002', 'Customer does not exist'];
const name = { name: 'After' };

describe('a requester', () => {
  test('modifies its sub-customers at any depth', async () => {
    const { child, grandchild, deepest, flolive } = await family();
    for (const id of [child, grandchild, deepest]) {
      expect(await flolive.modified(id, name)).toEqual({ status: 'SUCCESS' });
      expect(await nameOf(id)).toBe('After');
    }
  });

  test('never modifies its own profile, and nothing is kept of the try', async () => {
    const { own, flolive } = await family();
    expect(nakOf(await flolive.modify(own, name))).toEqual(
      notUpdated('the requester may not modify its own profile', 403),
    );
    expect(nakOf(await flolive.modify(own, { mfaConfiguration: 'wrong' }))[0]).toBe(403);
    expect(await nameOf(own)).toBe('Before');
    expect(await service.database.query('SELECT 1 FROM request WHERE customer_id = $1', [own])).toEqual([]);
  });

  test('finds nobody above or beside itself', async () => {
    const { parent, sibling, flolive } = await family();
    for (const id of [parent, sibling, await make()]) {
      expect(nakOf(await flolive.modify(id, name))).toEqual(noCustomer);
      expect(nakOf(await flolive.read(id))).toEqual(noCustomer);
      expect(await nameOf(id)).toBe('Before');
    }
  });

  test('reads itself and its sub-customers, without those below them', async () => {
    const { own, child, deepest, flolive } = await family();
    for (const id of [own, child, deepest]) {
      const answer = await flolive.read(id);
      expect(contentOf(answer)['customerId']).toBe(id);
      expect(answer.body['content']).toHaveLength(1);
    }
    expect((await flolive.read(own)).text).not.toContain(child);
  });

  test('is the operator, above all, where its key is bound to no customer', async () => {
    const { parent, own, deepest } = await family();
    for (const id of [parent, own, deepest])
      expect(await operator.modified(id, name)).toEqual({ status: 'SUCCESS' });
  });
});

describe('between acceptance and change', () => {
  const held = async <T>(accept: () => Promise<T>): Promise<T> => {
    hold.isHeld = true;
    try {
      return await accept();
    } finally {
      hold.isHeld = false;
    }
  };

  test('a customer that is moved away is no sub-customer any more', async () => {
    const { child, grandchild, sibling, flolive } = await family();
    const accepted = await held(async () => {
      const answers = [await flolive.modify(child, name), await flolive.modify(grandchild, name)];
      await service.patch(child, { parentId: sibling });
      return answers;
    });
    for (const answer of accepted) {
      expect(await flolive.ended(answer)).toEqual({ status: 'FAILURE', reason: 'Customer does not exist' });
    }
    expect([await nameOf(child), await nameOf(grandchild)]).toEqual(['Before', 'Before']);
  });

  test('a customer that is moved within the requester’s stays one', async () => {
    const { own, grandchild, flolive } = await family();
    const accepted = await held(async () => {
      const answer = await flolive.modify(grandchild, name);
      await service.patch(grandchild, { parentId: own });
      return answer;
    });
    expect(await flolive.ended(accepted)).toEqual({ status: 'SUCCESS' });
  });

  test('a customer that is deleted does not exist', async () => {
    const { deepest, flolive } = await family();
    const accepted = await held(async () => {
      const answer = await flolive.modify(deepest, name);
      await service.remove(deepest);
      return answer;
    });
    expect(await flolive.ended(accepted)).toEqual({ status: 'FAILURE', reason: 'Customer does not exist' });
  });

  test('a sub-customer is not created below a parent that is moved away', async () => {
    const { child, sibling, flolive } = await family();
    const accepted = await held(async () => {
      const answer = await flolive.create(child, { status: 'ACTIVE', currency: 'EUR' });
      await service.patch(child, { parentId: sibling });
      return answer;
    });
    expect(await flolive.ended(accepted)).toEqual({ status: 'FAILURE', reason: 'Customer does not exist' });
    expect((await operator.read(contentOf(accepted)['customerId'])).status).toBe(404);
  });

  test('a version that is no longer the newest fails, as one that was not when it was sent', async () => {
    const { child, flolive } = await family();
    const headers = { 'if-match': '"1"' };
    const accepted = await held(async () => {
      const answer = await flolive.modify(child, name, { headers });
      await service.patch(child, { note: 'in between' });
      return answer;
    });
    const cause = notUpdated('The record has another version', 412);
    expect(await flolive.ended(accepted)).toEqual({ status: 'FAILURE', reason: cause[2] });
    expect(nakOf(await flolive.modify(child, name, { headers }))).toEqual(cause);
    const current = await flolive.modify(child, name, { headers: { 'if-match': '"2"' } });
    expect(await flolive.ended(current)).toEqual({ status: 'SUCCESS' });
  });
});
