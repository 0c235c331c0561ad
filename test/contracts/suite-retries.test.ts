import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ExampleCall } from '../access/example-call.ts';
import { essence, isReplay } from '../support/answers.ts';
import { holdLock } from '../support/lock.ts';
import { countRows } from '../support/rows.ts';
import { startService, type TestService } from '../support/service.ts';
import { contractExamples } from './examples/all.ts';
import { type Named, type Speaker, speakerOf, valueAt } from './suite-support.ts';

let service: TestService;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.stop());

const named = contractExamples.map((example) => ({ name: example.contract.id, example }));
const make = async (): Promise<Named> => (await service.create()) as unknown as Named;
let keys = 0;

describe.each(named)('$name: a request under an idempotency key', ({ example }) => {
  const { calls, change, idempotency } = example;
  let speaker: Speaker;
  beforeAll(async () => {
    speaker = await speakerOf(example, service);
  });
  const newKey = () => ({ [idempotency.header]: `key-${example.contract.id}-${++keys}` });
  const under = (call: ExampleCall, key: object): ExampleCall => ({
    ...call,
    headers: { ...call.headers, ...key },
  });
  const update = (one: Named, value = change.values[0]) =>
    calls.update(speaker.nameOf(one), { [change.member]: value });
  const rows = () => countRows(service.database, service.tenantId);

  test('is made once, and answered as it was', async () => {
    const one = await make();
    const key = newKey();
    const { answer: first, outcome } = await speaker.finish(under(update(one), key));
    expect([outcome, isReplay(first)]).toEqual(['success', false]);
    const before = await rows();
    const again = await speaker.send(under(update(one), key));
    expect([isReplay(again), essence(again)]).toEqual([true, essence(first)]);
    await speaker.change(one, { [change.member]: change.values[1] });
    const late = await speaker.send(under(update(one), key));
    expect([isReplay(late), essence(late)]).toEqual([true, essence(first)]);
    expect((await rows()).history).toBe(before.history + 1);
    const { body } = await service.get(`/v1/customers/${one.id}`);
    expect(valueAt(body, change.canonical)).not.toEqual(undefined);
    expect(body['version']).toBe(3);
  });

  test('creates one customer, however often it is sent', async () => {
    const parent = speaker.nameOf(await make());
    const key = newKey();
    const create = () => under(calls.create({ [change.member]: change.values[0] }, parent), key);
    const { answer: first } = await speaker.finish(create());
    const before = await rows();
    for (const _again of [1, 2, 3]) {
      const answer = await speaker.send(create());
      expect([isReplay(answer), essence(answer)]).toEqual([true, essence(first)]);
    }
    expect(await rows()).toEqual(before);
  });

  test('is refused for another request, which is not made', async () => {
    const [one, other] = [await make(), await make()];
    const key = newKey();
    await speaker.finish(under(update(one), key));
    const before = await rows();
    const parent = speaker.nameOf(one);
    const others = [update(one, change.values[1]), update(other), calls.create({}, parent)];
    if (calls.remove) others.push(calls.remove(speaker.nameOf(one)));
    for (const call of others) {
      const answer = await speaker.send(under(call, key));
      expect([answer.status, isReplay(answer)]).toEqual([idempotency.mismatch.status, false]);
      expect(answer.text).toContain(idempotency.mismatch.text);
    }
    expect(await rows()).toEqual(before);
  });

  test('is told to wait while its twin runs, and then gets its answer', async () => {
    const one = await make();
    const key = newKey();
    const lock = await holdLock(service.database, 'SELECT 1 FROM tenant_state LIMIT 1', []);
    await lock.query('LOCK TABLE idempotency_reply IN EXCLUSIVE MODE');
    const first = speaker.send(under(update(one), key));
    await lock.awaited();
    const twin = await speaker.send(under(update(one), key));
    const other = await speaker.send(under(update(one, change.values[1]), key));
    await lock.release();
    expect([twin.status, other.status]).toEqual([idempotency.inProgress.status, idempotency.mismatch.status]);
    expect(twin.text).toContain(idempotency.inProgress.text);
    expect(twin.headers.get('retry-after')).toMatch(/^\d+$/);
    expect(other.text).toContain(idempotency.mismatch.text);
    const answer = await first;
    expect(answer.status).toBeLessThan(300);
    const late = await speaker.send(under(update(one), key));
    expect([isReplay(late), essence(late)]).toEqual([true, essence(answer)]);
  });

  test('is its own principal’s, tenant’s and contract’s', async () => {
    const one = await make();
    const key = newKey();
    await speaker.finish(under(update(one), key));
    const another = await speakerOf(example, await service.withKey({ name: 'another' }));
    const theirs = await another.finish(under(update(one, change.values[1]), key));
    expect([theirs.outcome, isReplay(theirs.answer)]).toEqual(['success', false]);
    const ours = await service.patch(
      one.id,
      { metadata: { by: 'native' } },
      {
        'idempotency-key': Object.values(key)[0] as string,
      },
    );
    expect([ours.status, isReplay(ours)]).toEqual([200, false]);
    const rotated = await speakerOf(example, await service.withKey({ name: 'main' }));
    expect(isReplay(await rotated.send(under(update(one), key)))).toBe(true);
  });

  test('keeps the refusal of what was not there, and not of what made no sense', async () => {
    const unknown: Named = { id: '018f0000-0000-7000-8000-000000000000', number: 2_000_000_000 };
    const key = newKey();
    const first = await speaker.send(under(update(unknown), key));
    const again = await speaker.send(under(update(unknown), key));
    expect([first.status, isReplay(again)]).toEqual([speaker.statusOf('not-found'), true]);
    const one = await make();
    const second = newKey();
    const bad = await speaker.send({
      ...under(update(one), second),
      body: '{',
      contentType: update(one).contentType ?? 'application/json',
    });
    expect(bad.status).toBe(speaker.statusOf('invalid-json'));
    expect((await speaker.finish(under(update(one), second))).outcome).toBe('success');
  });

  test('that is too long is refused', async () => {
    const one = await make();
    const answer = await speaker.send(under(update(one), { [idempotency.header]: 'k'.repeat(257) }));
    expect(answer.status).toBe(speaker.statusOf('invalid-header'));
    expect((await service.get(`/v1/customers/${one.id}`)).body['version']).toBe(1);
  });
});

describe.each(named)('$name: a precondition', ({ example }) => {
  const { calls, change } = example;
  let speaker: Speaker;
  beforeAll(async () => {
    speaker = await speakerOf(example, service);
  });
  const when = (call: ExampleCall, ifMatch: string): ExampleCall => ({
    ...call,
    headers: { ...call.headers, 'if-match': ifMatch },
  });
  const update = (one: Named, value = change.values[0]) =>
    calls.update(speaker.nameOf(one), { [change.member]: value });
  const versionOf = async (one: Named) => (await service.get(`/v1/customers/${one.id}`)).body['version'];
  const tagOf = async (one: Named) => {
    const answer = await speaker.send(calls.read(speaker.nameOf(one)));
    return answer.headers.get('etag') as string;
  };

  test('spares who has this version already', async () => {
    const one = await make();
    const tag = await tagOf(one);
    const read = calls.read(speaker.nameOf(one));
    const known = await speaker.send({ ...read, headers: { ...read.headers, 'if-none-match': tag } });
    expect([known.status, known.text, known.headers.get('etag')]).toEqual([304, '', tag]);
    await speaker.change(one, { [change.member]: change.values[0] });
    const anew = await speaker.send({ ...read, headers: { ...read.headers, 'if-none-match': tag } });
    expect([anew.status, anew.headers.get('etag')]).toEqual([200, await tagOf(one)]);
    expect(await tagOf(one)).not.toBe(tag);
  });

  test('lets a change of the known version pass, and no other', async () => {
    const one = await make();
    const tag = await tagOf(one);
    const { outcome, answer } = await speaker.finish(when(update(one), tag));
    expect(outcome, answer.text).toBe('success');
    if (!example.later) expect(answer.headers.get('etag')).toBe(await tagOf(one));
    expect(await tagOf(one)).toBe((await service.get(`/v1/customers/${one.id}`)).headers.get('etag'));
    const version = await versionOf(one);
    const { full } = example;
    for (const call of [
      update(one, change.values[1]),
      calls.replace?.(speaker.nameOf(one), full),
      calls.remove?.(speaker.nameOf(one)),
    ]) {
      if (!call) continue;
      const stale = await speaker.send(when(call, tag));
      expect(stale.status, call.method).toBe(speaker.statusOf('precondition-failed'));
    }
    expect(await versionOf(one)).toBe(version);
    expect((await speaker.finish(when(update(one, change.values[1]), '*'))).outcome).toBe('success');
    expect(await versionOf(one)).toBe(version + 1);
  });

  test('that makes no sense is refused', async () => {
    const one = await make();
    const answer = await speaker.send(when(update(one), 'nonsense'));
    expect(answer.status).toBe(speaker.statusOf('invalid-header'));
    expect(await versionOf(one)).toBe(1);
  });
});
