import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { range } from '../support/answers.ts';
import type { Answer } from '../support/client.ts';
import { startService, type TestService } from '../support/service.ts';
import { floliveExample } from './examples/flolive.ts';
import { type Named, type Speaker, speakerOf } from './suite-support.ts';

/** A thousand requests are accepted while nothing is carried out, and then let go. */
const rounds = 100;
let isHeld = false;
const rewriteSql = (text: string): string =>
  isHeld
    ? text.replace(/(WHERE tenant_id = \$1 AND status = 'open')( ORDER BY created_at)/, '$1 AND false$2')
    : text;

let service: TestService;
let speaker: Speaker;
beforeAll(async () => {
  service = await startService({ rewriteSql, settings: { SWEEP_MS: '20' } });
  speaker = await speakerOf(floliveExample, service);
});
afterAll(() => service.stop());

const countOpen = async (): Promise<number> => {
  const [row] = await service.database.query<{ open: number }>(
    `SELECT count(*)::int AS open FROM request WHERE status = 'open'`,
  );
  return row?.open ?? 0;
};
const make = async (): Promise<Named> => (await service.create({ kind: 'person' })) as unknown as Named;
const requestIdOf = (answer: Answer): string => answer.body['content'][0].requestId;
const statusOf = async (answer: Answer) =>
  (await speaker.send((floliveExample.later as NonNullable<typeof floliveExample.later>).status(answer)))
    .body['content'][0];

test('a thousand open requests end in the order of each customer, whatever poison stands among them', async () => {
  const good = await Promise.all(range(8).map(make));
  const [refused, poison] = [await make(), await make()];
  isHeld = true;
  const accepted = new Map<string, Answer[]>();
  const send = async (to: Named, members: object) => {
    const answer = await speaker.send(floliveExample.calls.update(to.id, members as never));
    expect(answer.status, answer.text).toBe(200);
    accepted.set(to.id, [...(accepted.get(to.id) ?? []), answer]);
  };
  for (const round of range(rounds)) {
    await Promise.all([
      ...good.map((one) => send(one, { name: `round ${round}` })),
      send(refused, { address: { id: refused.id, city: 'Umeå' } }),
      send(poison, { name: 'never' }),
    ]);
  }
  expect(await countOpen()).toBe(rounds * 10);
  const open = await statusOf((accepted.get(poison.id) as Answer[])[0] as Answer);
  expect(open).toEqual({ status: 'OPEN' });
  await service.database.query(`UPDATE request SET sealed = '\\xff' WHERE customer_id = $1`, [poison.id]);
  isHeld = false;
  await vi.waitUntil(async () => (await countOpen()) === 0, { timeout: 40_000 });
  for (const { id } of good) {
    for (const answer of accepted.get(id) ?? [])
      expect(await statusOf(answer)).toEqual({ status: 'SUCCESS' });
    const { entries } = (await service.get(`/v1/customers/${id}/history?limit=500`)).body;
    const names = (entries as { changes: { path: string; after: string }[] }[]).flatMap(({ changes }) =>
      changes.filter(({ path }) => path === '/name').map(({ after }) => after),
    );
    expect(names.toReversed()).toEqual(range(rounds).map((round) => `round ${round}`));
  }
  for (const answer of accepted.get(refused.id) ?? []) {
    const { status, reason } = await statusOf(answer);
    expect([status, String(reason).includes('names no address')]).toEqual(['FAILURE', true]);
  }
  for (const answer of accepted.get(poison.id) ?? [])
    expect(await statusOf(answer)).toEqual({ status: 'INTERNAL_ERROR' });
  for (const { id } of [refused, poison]) {
    expect((await service.get(`/v1/customers/${id}`)).body['version']).toBe(1);
  }
  const ids = [...accepted.values()].flat().map(requestIdOf);
  expect(new Set(ids).size).toBe(rounds * 10);
});
