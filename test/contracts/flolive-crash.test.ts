import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type AnotherProcess, startAnotherProcess } from '../support/another-process.ts';
import { essence, isReplay, range } from '../support/answers.ts';
import type { Answer } from '../support/client.ts';
import { unpairedChanges } from '../support/rows.ts';
import { startService, type TestService } from '../support/service.ts';
import type { Members } from './contract-example.ts';
import { floliveExample } from './examples/flolive.ts';
import { type Speaker, speakerOf } from './suite-support.ts';

/**
 * A process is killed three times while it accepts requests and carries them out, and started again. Its clients send
 * what was not answered once more, under the same idempotency keys, until everything was accepted.
 */
const customers = 8;
const changesEach = 30;
/** After how many answers each process is killed. */
const kills = [40, 110, 190].map((least) => least + Math.floor(Math.random() * 40));

let service: TestService;
let running: AnotherProcess;
let root: string;
let ids: string[];
let speaker: Speaker;
const accepted = new Map<string, Answer>();
const openAtKill: number[] = [];

const { calls } = floliveExample;
const changeOf = (round: number): Members => ({ name: `round ${round}` });

const countOf = async (where: string): Promise<number> => {
  const [row] = await service.database.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM request WHERE ${where}`,
  );
  return row?.count ?? 0;
};

/** Sends the requests of one customer in their order, each after the former was accepted; stops when nobody answers. */
const sendInOrder = async (id: string, answered: () => void): Promise<void> => {
  for (const round of range(changesEach)) {
    const key = `${id} ${round}`;
    if (accepted.has(key)) continue;
    const isCreation = round === changesEach - 1;
    const call = isCreation ? calls.create({ name: `below ${id}` }, id) : calls.update(id, changeOf(round));
    try {
      const answer = await speaker.send({ ...call, headers: { 'idempotency-key': key } });
      if (answer.status !== 200) return;
      accepted.set(key, answer);
      answered();
    } catch {
      return;
    }
  }
};

const startProcess = async () => {
  running = await startAnotherProcess(service);
  speaker = await speakerOf(floliveExample, running);
};

beforeAll(async () => {
  service = await startService();
  root = (await service.create({ kind: 'organisation' }))['id'];
  ids = await Promise.all(
    range(customers).map(async () => (await service.create({ kind: 'organisation', parentId: root }))['id']),
  );
  // From here on only processes that can be killed serve this database.
  await service.app.stop();
  for (const limit of [...kills, Number.POSITIVE_INFINITY]) {
    await startProcess();
    const answered = () => {
      if (accepted.size >= limit) running.process.child.kill('SIGKILL');
    };
    await Promise.all(ids.map((id) => sendInOrder(id, answered)));
    if (limit === Number.POSITIVE_INFINITY) return;
    await running.process.end('SIGKILL');
    openAtKill.push(await countOf(`status = 'open'`));
  }
});
afterAll(async () => {
  await running.process.end();
  await service.stop();
});

test('every request was accepted once, and none is lost or open for ever', async () => {
  expect(accepted.size).toBe(customers * changesEach);
  await vi.waitUntil(async () => (await countOf(`status = 'open'`)) === 0, { timeout: 30_000 });
  expect(await countOf(`status = 'succeeded'`)).toBe(customers * changesEach);
  // Something was under way when the processes died, or the test says nothing.
  expect(Math.max(...openAtKill)).toBeGreaterThan(0);
});

test('every one is told to have succeeded, in both versions of the call, and is replayed as it was accepted', async () => {
  for (const [key, answer] of accepted) {
    const { requestId } = answer.body['content'][0];
    const of = (version: string) =>
      speaker.send({ method: 'GET', path: `/flolive/api/${version}/global/call/${requestId}` });
    expect((await of('v2')).body['content']).toEqual([{ status: 'SUCCESS' }]);
    expect((await of('v3')).body['content']).toEqual([{ requestId, status: 'SUCCESS' }]);
    const [id, round] = key.split(' ') as [string, string];
    const isCreation = Number(round) === changesEach - 1;
    const call = isCreation
      ? calls.create({ name: `below ${id}` }, id)
      : calls.update(id, changeOf(Number(round)));
    const again = await speaker.send({ ...call, headers: { 'idempotency-key': key } });
    expect([isReplay(again), essence(again)]).toEqual([true, essence(answer)]);
  }
});

test('every one was carried out once, those of a customer in the order of their acceptance', async () => {
  expect(await unpairedChanges(service.database, service.tenantId)).toEqual([]);
  for (const id of ids) {
    const { entries } = (await running.get(`/v1/customers/${id}/history?limit=500`)).body;
    const names = (entries as { changes: { path: string; after: string }[] }[]).flatMap(({ changes }) =>
      changes.filter(({ path }) => path === '/name').map(({ after }) => after),
    );
    expect(names.toReversed()).toEqual(range(changesEach - 1).map((round) => `round ${round}`));
    const below = (await running.get(`/v1/customers?parentId=${id}`)).body['customers'];
    expect(below.map((one: { name: string }) => one.name)).toEqual([`below ${id}`]);
    const { customerId } = (accepted.get(`${id} ${changesEach - 1}`) as Answer).body['content'][0];
    expect(below[0].id).toBe(customerId);
  }
});
