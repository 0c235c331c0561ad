import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { contracts } from '../../src/contracts/all.ts';
import type { JsonObject } from '../../src/schema/json.ts';
import type { ExampleCall } from '../access/example-call.ts';
import { contractExamples } from '../contracts/examples/all.ts';
import { routeOf, type Speaker, speakerOf } from '../contracts/suite-support.ts';
import type { Client } from '../support/client.ts';
import { type Document, readDocument, validatorOf } from '../support/documented.ts';
import { startService, type TestService } from '../support/service.ts';

let service: TestService;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.stop());

/** A document with a member that nobody knows in each of its objects. */
const withUnknown = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(withUnknown);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).map(([name, one]) => [name, withUnknown(one)]);
  return { ...Object.fromEntries(members), shoeSize: '44' };
};

describe.each(contractExamples.map((example) => ({ name: example.contract.id, example })))(
  'the bodies that the document of $name describes',
  ({ example }) => {
    const { contract, calls, full } = example;
    let tenant: Client;
    let speaker: Speaker;
    let document: Document;
    beforeAll(async () => {
      tenant = await service.otherTenant();
      speaker = await speakerOf(example, tenant);
      document = await readDocument(service.address, contract);
    });
    const faultsOf = (call: ExampleCall) => {
      const route = routeOf(contract, call)!;
      const { content } = document['paths'][route.path][route.method.toLowerCase()].requestBody;
      const validate = validatorOf(content[call.contentType ?? 'application/json'].schema, document);
      return validate(call.body) ? [] : (validate.errors ?? []);
    };

    test('may hold members that it does not know, which are ignored', async () => {
      const customer = (await tenant.create()) as unknown as { id: string; number: number };
      const name = speaker.nameOf(customer);
      const sent = withUnknown(full) as JsonObject;
      const created = calls.create({}, name);
      for (const call of [
        { ...created, body: withUnknown(created.body) },
        calls.update(name, sent),
        calls.replace?.(name, sent),
      ]) {
        if (!call || Array.isArray(call.body)) continue;
        expect(faultsOf(call)).toEqual([]);
        const { outcome, answer } = await speaker.finish(call);
        expect([outcome, answer.headers.get('customary-ignored')]).toEqual([
          'success',
          expect.stringContaining('shoeSize'),
        ]);
      }
    });

    test('need of a new customer what the service needs, and no more', async () => {
      const parent = (await tenant.create()) as unknown as { id: string; number: number };
      const whole = calls.create({}, speaker.nameOf(parent));
      for (const left of [undefined, ...Object.keys(whole.body as object)]) {
        const { [left ?? '']: _left, ...body } = whole.body as JsonObject;
        const { outcome, answer } = await speaker.finish({ ...whole, body });
        const isValid = faultsOf({ ...whole, body }).length === 0;
        expect([left, outcome], answer.text).toEqual([left, isValid ? 'success' : 'failure']);
      }
    });
  },
);

test('no body is null, in no contract', async () => {
  for (const contract of contracts) {
    const document = await readDocument(service.address, contract);
    for (const item of Object.values<Document>(document['paths'])) {
      for (const { operationId, requestBody } of Object.values<Document>(item)) {
        for (const { schema } of Object.values<Document>(requestBody?.['content'] ?? {}))
          expect(validatorOf(schema, document)(null), `${contract.id} ${operationId}`).toBe(false);
      }
    }
  }
});
