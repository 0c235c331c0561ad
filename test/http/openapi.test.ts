import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { contracts } from '../../src/contracts/all.ts';
import type { Target } from '../access/example-call.ts';
import { routeExamples } from '../access/example-calls.ts';
import { makeCall, makeTarget, unknownTarget } from '../access/targets.ts';
import { callerOf } from '../support/caller.ts';
import {
  type Document,
  expectDocumented,
  readDocument,
  schemasOf,
  validatorOf,
} from '../support/documented.ts';
import { eraseNow, why } from '../support/erasures.ts';
import { fullCustomer } from '../support/full-customer.ts';
import { startService, type TestService } from '../support/service.ts';
import { openApiSchema } from './openapi-schema.ts';

let service: TestService;
const documents = new Map<string, Document>();
beforeAll(async () => {
  service = await startService();
  for (const contract of contracts) {
    documents.set(contract.id, await readDocument(service.address, contract));
  }
});
afterAll(() => service.stop());

describe.each(contracts.map((contract) => ({ name: contract.id, contract })))(
  'the document of $name',
  ({ contract }) => {
    const document = () => documents.get(contract.id) as Document;

    test('is an OpenAPI 3.1 document', () => {
      const validate = new Ajv2020({ strict: true, strictTypes: false }).compile(openApiSchema);
      expect(validate(document()) ? [] : validate.errors).toEqual([]);
    });

    test('has every route and no other, with its parameters, bodies and scopes', () => {
      const written = Object.entries(document()['paths']).flatMap(([path, item]) =>
        Object.entries(item as Document).map(
          ([method, operation]) =>
            `${method.toUpperCase()} ${path} ${operation.operationId} ${operation['x-scopes'].join()}`,
        ),
      );
      const routes = contract.routes.map(
        (route) => `${route.method} ${route.path} ${route.id} ${route.scopes.join()}`,
      );
      expect(written.sort()).toEqual(routes.sort());
      for (const route of contract.routes) {
        const operation = document()['paths'][route.path][route.method.toLowerCase()];
        const inPath = operation.parameters
          .filter((one: Document) => one['in'] === 'path')
          .map((one: Document) => one['name']);
        expect(inPath).toEqual([...route.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name));
        expect(Object.keys(operation.requestBody?.content ?? {})).toEqual(Object.keys(route.body ?? {}));
        expect(operation.tags).toEqual([route.tag ?? contract.title]);
      }
      const ids = contract.routes.map((route) => route.id);
      expect(new Set(ids).size).toBe(ids.length);
    });

    test('refers to nothing that is not in it, and to no other host', () => {
      const text = JSON.stringify(document());
      for (const [, reference] of text.matchAll(/"\$ref":"([^"]*)"/g)) {
        const place = (reference ?? '')
          .slice(2)
          .split('/')
          .reduce<Document | undefined>((at, name) => at?.[name], document());
        expect(place, reference).toBeDefined();
      }
      expect(text.match(/https?:\/\/[^"\\ ]*/g) ?? []).toEqual([]);
    });

    test('has schemas that all compile', () => {
      const schemas = schemasOf(document());
      expect(schemas.length).toBeGreaterThan(contract.routes.length);
      for (const schema of schemas) expect(() => validatorOf(schema, document())).not.toThrow();
    });

    test.each(contract.routes.map((route) => ({ id: route.id, route })))(
      'tells what $id answers',
      async ({ id, route }) => {
        const example = routeExamples[`${contract.id}.${id}`]!;
        const operation = document()['paths'][route.path][route.method.toLowerCase()];
        const calls = async () => {
          const full = await makeTarget(service);
          await service.patch(full.customerId, fullCustomer());
          return [
            ...example.allowed.map(({ call }) => [call, full] as const),
            ...example.naming(unknownTarget()).map((call) => [() => call, full] as const),
            ...example.naming(full).map((call) => [() => call, full] as const),
          ];
        };
        for (const [call, target] of await calls()) {
          const one = await call(target as Target, callerOf(service));
          const answer = await makeCall(service, one);
          const documented = operation.responses[answer.status];
          expect(documented, `${one.method} ${one.path} answers ${answer.status}`).toBeDefined();
          expectDocumented(documented, answer.headers.get('content-type'), answer.text, document());
        }
        if (route.public) return;
        const nobody = await fetch(`${service.address}${contract.prefix}${route.path}`, {
          method: route.method,
        });
        expectDocumented(
          operation.responses[401],
          nobody.headers.get('content-type'),
          await nobody.text(),
          document(),
        );
      },
    );
  },
);

test('a masked customer is documented as well', async () => {
  const document = documents.get('native') as Document;
  const { id } = await service.create(fullCustomer({ protectionLevel: 2 }));
  const key = await service.withKey({ scopes: ['customer:read', 'customer:list', 'customer:write'] });
  const paths = document['paths'];
  for (const [path, operation] of [
    [`/v1/customers/${id}`, paths['/customers/{id}'].get],
    ['/v1/customers?sort=-number&limit=1', paths['/customers'].get],
  ]) {
    const answer = await key.get(path);
    expect(answer.text).toContain('***');
    expectDocumented(operation.responses[200], answer.headers.get('content-type'), answer.text, document);
  }
});

test('what is said of an erased customer is documented for every route of a customer', async () => {
  const document = documents.get('native') as Document;
  const { id } = await service.create();
  await eraseNow(service, id);
  const paths = document['paths'];
  for (const [method, path, body] of [
    ['GET', '', undefined],
    ['PATCH', '', {}],
    ['PUT', '', {}],
    ['DELETE', '', undefined],
    ['GET', '/history', undefined],
    ['POST', '/history/1/undo', undefined],
    ['GET', '/restriction', undefined],
    ['PUT', '/restriction', { reason: 'x' }],
    ['DELETE', '/restriction', undefined],
    ['GET', '/export', undefined],
  ] as const) {
    const answer = await service.send(method, `/v1/customers/${id}${path}`, { body, headers: why });
    const documentedPath = `/customers/{id}${path.replace('/1/', '/{version}/')}`;
    const documented = paths[documentedPath][method.toLowerCase()].responses[answer.status];
    expect([answer.status, documented], `${method} ${documentedPath}`).toEqual([410, expect.anything()]);
    expectDocumented(documented, answer.headers.get('content-type'), answer.text, document);
  }
});
