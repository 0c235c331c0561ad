import { afterAll, beforeAll, expect, test } from 'vitest';
import { type AnotherProcess, startAnotherProcess } from './support/another-process.ts';
import { essence, isReplay, range } from './support/answers.ts';
import { type Answer, type Client, createClient } from './support/client.ts';
import { later } from './support/requests.ts';
import { unpairedChanges } from './support/rows.ts';
import { startService, type TestService } from './support/service.ts';

/**
 * A process is killed twice in the middle of its work and started again. Its clients send what was not answered
 * once more, under the same idempotency keys, until everything is answered.
 */
const queues = 10;
const notesEach = 20;
const changes = 200;
/** After how many answers each process is killed. */
const kills = [120, 260].map((least) => least + Math.floor(Math.random() * 80));

let service: TestService;
let running: AnotherProcess;
let answered = 0;
const queueIds: string[] = [];
const changedIds: string[] = [];
const accepted = new Map<string, Answer>();
const answers = new Map<string, Answer>();

const inProcess = async (work: (client: Client) => Promise<void>): Promise<void> => {
  running = await startAnotherProcess(service);
  const limit = kills.shift();
  const counted = createClient(running.address, service.secret);
  const send = counted.send;
  const counting: Client = {
    ...counted,
    async send(...call) {
      const answer = await send(...call);
      answered += 1;
      if (limit !== undefined && answered >= limit) running.process.child.kill('SIGKILL');
      return answer;
    },
  };
  await work(counting);
};

/** What a client sends of its own: an answer, or nothing when the process died. */
const sendOnce = async (
  client: Client,
  known: Map<string, Answer>,
  key: string,
  path: string,
  call: object,
) => {
  if (known.has(key)) return true;
  const headers = { 'idempotency-key': key, ...(known === accepted ? later : {}) };
  try {
    const answer = await client.send('PATCH', path, { headers, ...call });
    if (answer.status >= 500) return false;
    known.set(key, answer);
    return true;
  } catch {
    return false;
  }
};

/** Sends the notes of one customer in their order, each after the former was accepted. */
const sendNotes = async (client: Client, id: string) => {
  for (const n of range(notesEach)) {
    if (
      !(await sendOnce(client, accepted, `${id} ${n}`, `/v1/customers/${id}`, {
        body: { note: `note ${n}` },
      }))
    )
      return;
  }
};

/** Sends changes of customers of their own, eight at a time. */
const sendChanges = async (client: Client) => {
  const rest = [...changedIds];
  const worker = async () => {
    for (let id = rest.shift(); id !== undefined; id = rest.shift()) {
      if (!(await sendOnce(client, answers, id, `/v1/customers/${id}`, { body: { note: 'once' } }))) return;
    }
  };
  await Promise.all(range(8).map(worker));
};

const stored = (table: string, where = '') =>
  service.database
    .query<{ id: string }>(
      `SELECT customer_id AS id FROM ${table} WHERE customer_id = ANY($1) ${where} ORDER BY customer_id`,
      [changedIds],
    )
    .then((rows) => rows.map((row) => row.id));

/** What lies in the database of each change while no process runs: the row, its history, its event and its reply. */
const expectAllOrNothing = async () => {
  const made = await stored('history', 'AND version = 2');
  expect(await stored('outbox', 'AND version = 2')).toEqual(made);
  expect(await stored('customer', 'AND version = 2')).toEqual(made);
  expect(await stored('idempotency_reply')).toEqual(made);
  // What was acknowledged is there.
  expect([...answers.keys()].filter((id) => !made.includes(id))).toEqual([]);
};

const idle = async () => {
  for (;;) {
    const [row] = await service.database.query<{ busy: number }>(
      `SELECT count(*)::int AS busy FROM pg_stat_activity
       WHERE datname = current_database() AND application_name = 'customary'`,
    );
    if (row?.busy === 0) return;
  }
};

const drained = async () => {
  for (;;) {
    const [row] = await service.database.query<{ open: number }>(
      `SELECT count(*)::int AS open FROM request WHERE status = 'open'`,
    );
    if (row?.open === 0) return;
  }
};

const create = async (count: number): Promise<string[]> => {
  const made = await service.send('POST', '/v1/customers/batch', {
    body: { changes: range(count).map(() => ({ op: 'create', body: { name: 'Ada' } })) },
  });
  return (made.body['outcomes'] as { id: string }[]).map((outcome) => outcome.id);
};

beforeAll(async () => {
  service = await startService();
  queueIds.push(...(await create(queues)));
  changedIds.push(...(await create(changes)));
  // From here on only processes that can be killed serve this database.
  await service.app.stop();
  const rounds = kills.length;
  for (const round of range(rounds + 1)) {
    await inProcess(async (client) => {
      await Promise.all([...queueIds.map((id) => sendNotes(client, id)), sendChanges(client)]);
    });
    if (round === rounds) return;
    running.process.child.kill('SIGKILL');
    await running.process.end('SIGKILL');
    await idle();
    await expectAllOrNothing();
  }
});
afterAll(async () => {
  await running.process.end();
  await service.stop();
});

test('of every change all is there or nothing: record, history, event and reply, and what was answered is there', async () => {
  await expectAllOrNothing();
  expect(await unpairedChanges(service.database, service.tenantId)).toEqual([]);
});

test('every change was answered in the end, was made once, and is replayed as it was answered', async () => {
  expect(answers.size).toBe(changes);
  expect((await stored('history', 'AND version > 2')).length).toBe(0);
  const client = createClient(running.address, service.secret);
  expect([...answers.values()].every((answer) => answer.body['version'] === 2)).toBe(true);
  const replays = await Promise.all(
    [...answers].map(async ([id, answer]) => {
      const again = await client.send('PATCH', `/v1/customers/${id}`, {
        headers: { 'idempotency-key': id },
        body: { note: 'once' },
      });
      return isReplay(again) && JSON.stringify(essence(again)) === JSON.stringify(essence(answer));
    }),
  );
  expect(replays.every(Boolean)).toBe(true);
});

test('every accepted request was carried out once, and those of one customer in the order of their acceptance', async () => {
  await drained();
  expect(accepted.size).toBe(queues * notesEach);
  expect([...accepted.values()].every((answer) => answer.status === 202)).toBe(true);
  const requests = await service.database.query(`SELECT 1 FROM request WHERE status = 'succeeded'`);
  expect(requests.length).toBe(queues * notesEach);
  const client = createClient(running.address, service.secret);
  for (const id of queueIds) {
    const { entries } = (await client.get(`/v1/customers/${id}/history`)).body;
    const notes = (entries as { changes: { path: string; after: string }[] }[]).flatMap(({ changes: made }) =>
      made.filter(({ path }) => path === '/note').map(({ after }) => after),
    );
    expect(notes.toReversed()).toEqual(range(notesEach).map((n) => `note ${n}`));
  }
});
