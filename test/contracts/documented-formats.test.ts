import { describe, expect, test } from 'vitest';
import type { Contract } from '../../src/contracts/contract.ts';
import { keypro } from '../../src/contracts/keypro/contract.ts';
import { revio } from '../../src/contracts/revio/contract.ts';
import { seamlessos } from '../../src/contracts/seamlessos/contract.ts';
import { servitly } from '../../src/contracts/servitly/contract.ts';
import { openApiOf } from '../../src/http/openapi.ts';
import { type Document, validatorOf } from '../support/documented.ts';

/** What the pages say of a parameter or member beside its type, as generators of clients read it. */
const documentOf = (contract: Contract) => openApiOf(contract, '1.0.0') as Document;
const operationsOf = (contract: Contract): [string, Document][] =>
  Object.entries<Document>(documentOf(contract)['paths']).flatMap(([path, item]) =>
    Object.entries<Document>(item).map(([method, one]): [string, Document] => [`${method} ${path}`, one]),
  );
const parameter = (operation: Document, named: string): Document | undefined =>
  operation['parameters'].find(({ name }: Document) => name === named);

describe('Rev.io', () => {
  const paths = documentOf(revio)['paths'];
  const { put } = paths['/v1/Customers/{id}'];

  test('names a customer by an int32', () => {
    for (const [name, operation] of operationsOf(revio)) {
      if (!name.includes('{id}')) continue;
      expect(parameter(operation, 'id'), name).toMatchObject({
        required: true,
        schema: { type: 'integer', format: 'int32' },
      });
    }
  });

  test.each(['application/json', 'text/json'])('takes the page’s int32 and date-times as %s', (type) => {
    const { properties } = put.requestBody.content[type].schema;
    const of = (format: string) =>
      Object.keys(properties).filter((name) => properties[name].format === format);
    expect(of('int32')).toEqual([
      'customer_id',
      'parent_customer_id',
      'agent_id',
      'secondary_agent_id',
      'created_by',
      'sold_by',
    ]);
    expect(of('date-time')).toEqual([
      'activated_date',
      'close_date',
      'created_date',
      'updated_date',
      'suspended_date',
    ]);
  });

  test('answers in the page’s three media types', () => {
    expect(Object.keys(put.responses[200].content)).toEqual(['application/json', 'text/json', 'text/html']);
  });
});

describe('Keypro', () => {
  const { get } = documentOf(keypro)['paths']['/api/v2/customers/'];
  const schemaOf = (name: string) => parameter(get, name)?.['schema'];

  test.each([
    ['status', { type: 'integer', format: 'int32' }],
    ['address', { type: 'integer', format: 'int64' }],
    ['coop_member', { type: 'boolean' }],
    ['coop_date', { type: 'string', format: 'date' }],
    ['date_modified', { type: 'string', format: 'date-time' }],
    ['coop_sum', { type: 'string', pattern: '^-?\\d{1,18}(\\.\\d{1,9})?$' }],
    ['country', { type: 'string' }],
    ['customer_email', { type: 'string' }],
    ['sms_numbers', { type: 'string' }],
  ])('says what a filter by %s compares with', (name, schema) => {
    expect(schemaOf(name)).toEqual(schema);
  });

  test('has a limit from 1 on, and -1', () => {
    const validate = validatorOf(schemaOf('limit'), documentOf(keypro));
    expect([-2, -1, 0, 1, 1000, 1001].filter((limit) => validate(limit))).toEqual([-1, 1, 1000]);
  });
});

describe('Servitly', () => {
  test('wants the tenant in every call', () => {
    for (const [name, operation] of operationsOf(servitly))
      expect(parameter(operation, 'X-Servitly-Tenant'), name).toMatchObject({
        in: 'header',
        required: true,
        schema: { type: 'string' },
      });
  });

  test('has timestamps of 64 bits, in what it takes and gives', () => {
    const { put } = documentOf(servitly)['paths']['/network/customers/{customerId}'];
    for (const { content } of [put.requestBody, put.responses[200]]) {
      const { properties } = content['application/json'].schema;
      for (const name of ['creationTimestamp', 'firstAccessTimestamp', 'lastAccessTimestamp'])
        expect(properties[name], name).toMatchObject({ type: ['integer', 'null'], format: 'int64' });
    }
    expect(parameter(put, 'customerId')).toMatchObject({ schema: { type: 'string', minLength: 1 } });
  });

  test('has the page’s statuses', () => {
    const { put } = documentOf(servitly)['paths']['/network/customers/{customerId}'];
    expect(Object.keys(put.responses)).toEqual(
      expect.arrayContaining(['200', '400', '401', '403', '404', '429', '500']),
    );
  });
});

test('SeamlessOS says how long an idempotency key may be', () => {
  const { patch, put } = documentOf(seamlessos)['paths']['/customers/{customerId}'];
  for (const operation of [patch, put])
    expect(parameter(operation, 'X-Idempotency-Key')).toMatchObject({
      in: 'header',
      schema: { type: 'string', minLength: 1, maxLength: 256 },
    });
});
