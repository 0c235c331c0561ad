import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { customerSystem } from '../../src/customer/customer.ts';
import { ignoredMembers } from '../../src/mapping/ignored-members.ts';
import { isObject, type JsonObject } from '../../src/schema/json.ts';
import { startService, type TestService } from '../support/service.ts';
import { said } from './documents.ts';
import { contractExamples } from './examples/all.ts';
import { type GoldenCall, type GoldenPair, goldenOf } from './golden.ts';
import { links } from './mapping-laws.ts';
import { type Named, speakerOf } from './suite-support.ts';

let service: TestService;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.stop());

const named = contractExamples.map((example) => ({ name: example.contract.id, example }));

/** Without what the service alone says, and the ids that it gives to items. */
const dataOf = (record: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(record).filter(([name]) => !(name in customerSystem.properties)));

/** Texts with `{id}` and `{number}` written out. */
const filled = <T>(value: T, { id, number }: Named): T =>
  JSON.parse(
    JSON.stringify(value)
      .replaceAll('"{number}"', String(number))
      .replaceAll('{id}', id)
      .replaceAll('{number}', String(number)),
  );

/** What is expected, with `{any}` standing for any value. */
const matcher = (value: unknown): unknown => {
  if (value === '{any}') return expect.anything();
  if (Array.isArray(value)) return value.map(matcher);
  if (!isObject(value as JsonObject)) return value;
  return Object.fromEntries(Object.entries(value as JsonObject).map(([name, one]) => [name, matcher(one)]));
};

describe.each(named)('$name', ({ name, example }) => {
  const golden = goldenOf(name);
  const { mapping } = example;

  test('has examples of both kinds', () => {
    expect(golden.some(([, one]) => 'document' in one)).toBe(true);
    expect(golden.some(([, one]) => 'request' in one)).toBe(true);
  });

  const pairs = golden.flatMap(([file, one]) =>
    'document' in one ? [[file, one] as [string, GoldenPair]] : [],
  );
  test.each(pairs)('%s: the record and its document', (_file, { record, document, only }) => {
    if (only !== 'read') expect(mapping.write(record, links)).toEqual(document);
    if (only === 'write') return;
    const read = mapping.read(document, undefined, links);
    expect(said(read)).toEqual(said(dataOf(record)));
    const { body } = ignoredMembers(mapping.wire, document);
    expect(said(mapping.read(body, undefined, links))).toEqual(said(dataOf(record)));
  });

  const calls = golden.flatMap(([file, one]) =>
    'request' in one ? [[file, one] as [string, GoldenCall]] : [],
  );
  test.each(calls)('%s: the call and its answer', async (_file, one) => {
    const client = await service.otherTenant();
    const speaker = await speakerOf(example, client);
    const customer = (await client.create(one.record)) as unknown as Named;
    const { request, response, after } = filled(one, customer);
    const { answer } = await speaker.finish(request);
    expect(answer.status, answer.text).toBe(response.status);
    for (const [header, value] of Object.entries(response.headers ?? {})) {
      expect(answer.headers.get(header), header).toEqual(matcher(value));
    }
    if (response.body === undefined) expect(answer.text).toBe('');
    else expect(answer.body).toEqual(matcher(response.body));
    if (!after) return;
    expect((await client.get(`/v1/customers/${customer.id}`)).body).toMatchObject(matcher(after) as object);
  });
});
