import { describe, expect, test } from 'vitest';
import type { Asked } from '../../src/contracts/contract.ts';
import { type ErrorCode, errorTable, type Fault, Refusal } from '../../src/errors.ts';
import { openApiOf } from '../../src/http/openapi.ts';
import { type Document, expectDocumented } from '../support/documented.ts';
import { contractExamples } from './examples/all.ts';

const codes = Object.keys(errorTable) as ErrorCode[];
const named = contractExamples.map((example) => ({ name: example.contract.id, example }));

/** What a refusal can say beside its code. */
const told: Fault[][] = [
  [],
  [{ pointer: '', rule: 'type', detail: 'must be object' }],
  [{ pointer: '/contacts/0/a~1b~0c', rule: 'required', detail: 'is required', wire: true }],
  [
    { pointer: '/name', rule: 'maxLength', detail: 'must be shorter' },
    { pointer: 'Idempotency-Key', rule: 'minLength', detail: 'must not be empty' },
    { pointer: 'limit', rule: 'range', detail: 'must be smaller' },
    { pointer: '', rule: 'scope', detail: 'needs the scope customer:read' },
  ],
];

describe.each(named)('$name answers', ({ example: { contract, statuses } }) => {
  const document = openApiOf(contract, '1.0.0') as Document;
  const content = {
    [contract.errorMediaType]: { schema: document['components'].schemas.Problem },
  };
  /** Refused at each of its routes, before any of them, and before anything of it could be read. */
  const asked: Asked[] = [
    ...contract.routes.map((route) => ({ route, method: route.method, path: contract.prefix + route.path })),
    { method: 'GET', path: `${contract.prefix}/nothing` },
    { method: '', path: '' },
  ].map((one) => ({ ...one, requestId: 'request', header: () => undefined }));

  test.each(codes)('%s in its own shape, whatever was asked', (code) => {
    for (const faults of told) {
      for (const one of asked) {
        const headers = { 'retry-after': '1' };
        const refusal = new Refusal(code, { faults, headers, cause: new Error('Zcause') });
        const reply = contract.renderRefusal(refusal, one);
        expect(reply.status, one.path).toBe(statuses[code] ?? errorTable[code].status);
        expect(reply.headers['retry-after']).toBe('1');
        expectDocumented({ content }, reply.headers['content-type'] ?? '', reply.body, document);
        expect(reply.body).not.toBe('');
        expect(reply.body).not.toMatch(/urn:customary|Zcause/);
      }
    }
  });

  test('every refusal of a route with a status that its document has', () => {
    const known = (
      ['unauthenticated', 'forbidden', 'rate-limited', 'internal-error', 'unavailable'] as const
    ).map((code) => statuses[code] ?? errorTable[code].status);
    for (const { id, path, method } of contract.routes) {
      const { responses } = document['paths'][path][method.toLowerCase()];
      for (const status of known) expect(Object.keys(responses), `${id} ${status}`).toContain(String(status));
    }
  });
});
