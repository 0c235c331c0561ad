import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startService, type TestService } from '../support/service.ts';
import { contractExamples } from './examples/all.ts';
import { type Named, type Speaker, speakerOf } from './suite-support.ts';

const bodyLimit = 65_536;
let service: TestService;
let customer: Named;
let broken = false;
const rewriteSql = (text: string) => (broken ? text.replace(/^SELECT /, 'SELECT 1 / 0, ') : text);
beforeAll(async () => {
  service = await startService({ settings: { BODY_LIMIT_BYTES: String(bodyLimit) }, rewriteSql });
  customer = (await service.create()) as unknown as Named;
});
afterAll(() => service.stop());

const named = contractExamples.map((example) => ({ name: example.contract.id, example }));
const nested = (depth: number) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;

/** Bodies that no contract takes. */
const texts: [string, string | Buffer][] = [
  ['nothing', ''],
  ['no JSON', 'name=Ada'],
  ['a cut text', '{"name":"Ada'],
  ['more after the end', '{} {}'],
  ['a duplicate member', '{"name":"A","name":"B"}'],
  ['a duplicate deep down', '{"a":{"name":"A","name":"A"}}'],
  ['an integer beyond 2^53', '{"number":9007199254740993}'],
  ['a number beyond all', '{"number":1e999}'],
  ['invalid UTF-8', Buffer.from('{"name":"\xff"}', 'latin1')],
  ['a lone surrogate', '{"name":"\\ud800"}'],
  ['__proto__', '{"__proto__":{"name":"x"}}'],
  ['too many levels', nested(40)],
];

describe.each(named)('every answer of $name has its own shape', ({ example }) => {
  const { contract, calls, change } = example;
  let speaker: Speaker;
  beforeAll(async () => {
    speaker = await speakerOf(example, service);
  });
  const update = () => calls.update(speaker.nameOf(customer), { [change.member]: change.values[0] });
  const versionNow = async () => (await service.get(`/v1/customers/${customer.id}`)).body['version'];

  test.each(['', '/', '?a=b', '/nothing', '/a/b/c/d', '/customers/%20/x/y', '/v1/customers/1/nothing', '//'])(
    'what is not there: %s',
    async (path) => {
      for (const method of ['GET', 'POST']) {
        const answer = await speaker.send({ method, path: contract.prefix + path });
        expect(answer.status).toBe(speaker.statusOf('not-found'));
      }
      const nobody = await speakerOf(example, service, {});
      expect((await nobody.send({ method: 'GET', path: contract.prefix + path })).status).toBe(
        speaker.statusOf('not-found'),
      );
    },
  );

  test('what is below a customer and is not there', async () => {
    const { path } = calls.read(speaker.nameOf(customer));
    const answer = await speaker.send({ method: 'GET', path: `${path.replace(/\/$/, '')}/nothing/at/all` });
    expect(answer.status).toBe(speaker.statusOf('not-found'));
  });

  test.each([
    'x',
    '-1',
    '0',
    '99999999999999999999',
    '018f0000-0000-7000-8000-00000000000G',
    'null',
    '%00',
    "'",
  ])('a customer that is named %s', async (name) => {
    const { path } = calls.read('NAME');
    const answer = await speaker.send({ method: 'GET', path: path.replace('NAME', name) });
    expect(answer.status).toBe(speaker.statusOf('not-found'));
  });

  test.each(['/%', '/%zz', '/customers/%C3'])('a path that is no text: %s', async (path) => {
    const answer = await speaker.send({ method: 'GET', path: contract.prefix + path });
    expect(answer.status).toBe(speaker.statusOf('invalid-query'));
  });

  test('a method that a path does not have, with those it has', async () => {
    for (const { path } of contract.routes) {
      const has = contract.routes
        .filter((route) => route.path === path)
        .map(({ method }) => method as string);
      const url = contract.prefix + path.replace(/\{\w+\}/g, speaker.nameOf(customer));
      for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].filter((one) => !has.includes(one))) {
        const answer = await speaker.send({ method, path: url });
        expect(answer.status, `${method} ${url}`).toBe(speaker.statusOf('method-not-allowed'));
        const allow = (answer.headers.get('allow') ?? '').split(', ');
        expect(allow.sort()).toEqual([...has, ...(has.includes('GET') ? ['HEAD'] : []), 'OPTIONS'].sort());
      }
    }
  });

  test.each(texts)('a body that is no document: %s', async (_what, body) => {
    const version = await versionNow();
    const answer = await speaker.send({
      ...update(),
      contentType: update().contentType ?? 'application/json',
      body,
    });
    expect(answer.status).toBe(speaker.statusOf('invalid-json'));
    expect(await versionNow()).toBe(version);
  });

  test.each(['[]', '"text"', 'null', '1', 'true', '[1]', '[null]'])(
    'JSON that is no customer: %s',
    async (body) => {
      const version = await versionNow();
      for (const call of [
        update(),
        calls.create({}, speaker.nameOf(customer)),
        calls.replace?.(speaker.nameOf(customer), {}),
      ]) {
        if (!call) continue;
        if (body === '[]' && /patch/.test(call.contentType ?? '')) continue;
        const answer = await speaker.send({
          ...call,
          contentType: call.contentType ?? 'application/json',
          body,
        });
        expect(answer.status).toBeGreaterThanOrEqual(400);
        expect(answer.status).toBeLessThan(500);
      }
      expect(await versionNow()).toBe(version);
    },
  );

  test('a body that is too large', async () => {
    const body = JSON.stringify({ [change.member]: 'x'.repeat(bodyLimit) });
    const answer = await speaker.send({
      ...update(),
      body,
      contentType: update().contentType ?? 'application/json',
    });
    expect(answer.status).toBe(speaker.statusOf('payload-too-large'));
  });

  test('a body of another type, or of none', async () => {
    for (const contentType of ['text/plain', 'application/xml', 'multipart/form-data; boundary=x', 'x']) {
      const answer = await speaker.send({ ...update(), body: '{}', contentType });
      expect(answer.status, contentType).toBe(speaker.statusOf('unsupported-media-type'));
    }
  });

  test('a body in another charset, which is named and not its type', async () => {
    const contentType = `${update().contentType ?? 'application/json'}; charset=iso-8859-1`;
    const answer = await speaker.send({ ...update(), contentType });
    expect(answer.status).toBe(speaker.statusOf('unsupported-media-type'));
    expect(answer.text).toContain('The charset must be utf-8.');
    expect(answer.text).not.toContain('Send application');
  });

  test('a body in an encoding', async () => {
    const headers = { ...update().headers, 'content-encoding': 'gzip' };
    const answer = await speaker.send({ ...update(), headers });
    expect(answer.status).toBe(speaker.statusOf('unsupported-media-type'));
    expect(answer.headers.get('accept-encoding')).toBe('identity');
    expect(answer.text).toContain('Content-Encoding');
    const identity = { ...update().headers, 'content-encoding': 'identity' };
    expect((await speaker.send({ ...update(), headers: identity })).status).toBeLessThan(300);
  });

  test('a query that is no text', async () => {
    const { path } = calls.read(speaker.nameOf(customer));
    const answer = await speaker.send({ method: 'GET', path: `${path}?a=%zz` });
    expect(answer.status).toBe(speaker.statusOf('invalid-query'));
  });

  test('a defect', async () => {
    const other = await speakerOf(example, await service.withKey());
    const call = calls.read(other.nameOf(customer));
    expect((await other.send(call)).status).toBe(200);
    broken = true;
    const answer = await other.send(call).finally(() => {
      broken = false;
    });
    expect(answer.status).toBe(speaker.statusOf('internal-error'));
    expect(answer.text).not.toMatch(/SELECT|division|at .*\.ts|customer_id/);
  });
});

describe('with a low limit', () => {
  test.each(named)('$name refuses in its shape, and tells when to come again', async ({ example }) => {
    const limited = await startService({
      database: service.database,
      settings: { RATE_LIMIT_KEY_PER_SECOND: '3' },
    });
    const key = await service.withKey();
    const speaker = await speakerOf(example, { ...key, address: limited.address });
    const call = example.calls.read(speaker.nameOf(customer));
    const answers = await Promise.all(Array.from({ length: 30 }, () => speaker.send(call)));
    await limited.stop();
    const refused = answers.filter(({ status }) => status === speaker.statusOf('rate-limited'));
    expect(refused.length).toBeGreaterThan(15);
    for (const answer of refused) expect(answer.headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
    expect(answers.filter(({ status }) => status === 200).length).toBe(answers.length - refused.length);
  });
});
