import { afterAll, beforeAll, expect, test } from 'vitest';
import { contracts } from '../../src/contracts/all.ts';
import { routeExamples } from '../access/example-calls.ts';
import { makeCall, makeTarget } from '../access/targets.ts';
import { callerOf } from '../support/caller.ts';
import { readDocument, validatorOf } from '../support/documented.ts';
import { startService, type TestService } from '../support/service.ts';

let service: TestService;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.stop());

/** A login holds a credential, and an import a whole export. */
const without = ['servitly.patLogin', 'servitly.renewToken', 'native.importCustomer'];

const bodies = contracts.flatMap((contract) =>
  contract.routes.flatMap((route) =>
    Object.keys(route.body ?? {}).map((mediaType) => ({ contract, route, mediaType })),
  ),
);

test.each(bodies.filter(({ contract, route }) => !without.includes(`${contract.id}.${route.id}`)))(
  'the page of $contract.id offers $route.id a body of $mediaType that works',
  async ({ contract, route, mediaType }) => {
    const document = await readDocument(service.address, contract);
    const operation = document['paths'][route.path][route.method.toLowerCase()];
    const { schema, example } = operation.requestBody.content[mediaType];
    const validate = validatorOf(schema, document);
    expect(validate(example) ? [] : validate.errors).toEqual([]);
    const allowed = routeExamples[`${contract.id}.${route.id}`]?.allowed[0];
    const call = await allowed?.call(await makeTarget(service), callerOf(service));
    const answer = await makeCall(service, { ...call!, body: example, contentType: mediaType });
    expect(answer.text).not.toContain('NAK');
    expect([200, 201, 202]).toContain(answer.status);
  },
);

test('no example is of a route or media type that is not there', () => {
  const offered = contracts.flatMap(({ id, examples }) =>
    Object.entries(examples ?? {}).flatMap(([route, all]) =>
      Object.keys(all).map((type) => `${id} ${route} ${type}`),
    ),
  );
  const there = bodies.map(({ contract, route, mediaType }) => `${contract.id} ${route.id} ${mediaType}`);
  expect(offered.filter((one) => !there.includes(one))).toEqual([]);
});
