import { randomUUID } from 'node:crypto';
import type { ContractExamples, ExampleCall, RouteExample, Target } from '../example-call.ts';

const json = 'application/json';
const mergePatch = 'application/merge-patch+json';
const jsonPatch = 'application/json-patch+json';
const at = (target: Target, below = ''): string => `/v1/customers/${target.customerId}${below}`;
const get = (path: string, headers?: Record<string, string>): ExampleCall => ({
  method: 'GET',
  path,
  ...(headers ? { headers } : {}),
});
const send = (
  method: string,
  path: string,
  body?: unknown,
  contentType = json,
  headers: Record<string, string> = {},
): ExampleCall => ({ method, path, headers, ...(body === undefined ? {} : { body, contentType }) });
const batch = (...changes: object[]): ExampleCall => send('POST', '/v1/customers/batch', { changes });
const why = { 'customary-reason': 'Asked for' };
const rename = [{ op: 'add', path: '/source', value: 'renamed' }];

/** An export of a customer who is nowhere. */
const exported = (data: Record<string, unknown>, id: string = randomUUID()): object => {
  const record = { kind: 'person', protectionLevel: 1, ...data };
  const at = '2020-01-01T00:00:00.000Z';
  const changes = Object.entries(record).map(([name, after]) => ({ path: `/${name}`, after }));
  const by = { principal: 'elsewhere', contract: 'native', operation: 'customer.create', reason: null };
  const system = { id, number: 1, humanReadableId: '222-2222-222', version: 1, createdAt: at, updatedAt: at };
  return {
    format: 'customary.customer-export',
    formatVersion: 1,
    customer: { ...system, ...record },
    history: [{ version: 1, recordedAt: at, ...by, changes }],
  };
};

const routes: Record<string, RouteExample> = {
  listCustomers: {
    naming: (target) => [
      get(`/v1/customers?parentId=${target.customerId}`),
      get(`/v1/customers?name=${target.word}`),
      get(`/v1/customers?email=${target.word}@example.org`),
      get(`/v1/customers?accountNumber=${target.word}`),
      get(`/v1/customers?externalIds.crm=${target.word}`),
      get(`/v1/customers?humanReadableId=${target.humanReadableId}`),
      get(`/v1/customers?limit=1&pageToken=${target.pageToken}`),
    ],
    allowed: [{ scopes: ['customer:list'], status: 200, call: () => get('/v1/customers?limit=1') }],
  },
  getCustomer: {
    naming: (target) => [
      get(at(target)),
      get(at(target, '?fields=name')),
      get(at(target, '?asOf=1')),
      get(at(target, '?asOf=2100-01-01T00:00:00Z')),
      get(at(target), { 'if-none-match': '*' }),
    ],
    allowed: [
      { scopes: ['customer:read'], status: 200, call: (target) => get(at(target)) },
      {
        scopes: ['customer:read', 'history:read'],
        status: 200,
        call: (target) => get(at(target, '?asOf=1')),
      },
    ],
  },
  readHistory: {
    naming: (target) => [get(at(target, '/history')), get(at(target, '/history?limit=1&before=2'))],
    allowed: [{ scopes: ['history:read'], status: 200, call: (target) => get(at(target, '/history')) }],
  },
  getRequest: {
    naming: (target) => [get(`/v1/requests/${target.requestId}`)],
    allowed: [
      { scopes: ['customer:read'], status: 200, call: (target) => get(`/v1/requests/${target.requestId}`) },
    ],
  },
  listAccesses: {
    naming: (target) => [
      get(`/v1/accesses?customer=${target.customerId}`),
      get(`/v1/accesses?customer=${target.customerId}&principal=main&since=2000-01-01T00:00:00Z`),
    ],
    allowed: [{ scopes: ['privacy:manage'], status: 200, call: () => get('/v1/accesses?limit=1') }],
  },
  listAccessesOfCustomer: {
    naming: (target) => [get(at(target, '/accesses')), get(at(target, '/accesses?limit=1&principal=main'))],
    allowed: [{ scopes: ['privacy:manage'], status: 200, call: (target) => get(at(target, '/accesses')) }],
  },
  createCustomer: {
    naming: (target) => [
      send('POST', '/v1/customers', { kind: 'person', parentId: target.customerId }),
      send('POST', '/v1/customers?dryRun=true', { kind: 'person', parentId: target.customerId }),
    ],
    allowed: [
      {
        scopes: ['customer:write'],
        status: 201,
        call: () => send('POST', '/v1/customers', { kind: 'person' }),
      },
    ],
  },
  updateCustomer: {
    naming: (target) => [
      send('PATCH', at(target), { source: 'intruder' }, mergePatch),
      send('PATCH', at(target), { source: 'intruder' }, mergePatch, { 'if-match': '*' }),
      send('PATCH', at(target), { source: 'intruder' }, mergePatch, { 'if-match': '"99"' }),
      send('PATCH', at(target), { source: 'intruder' }, mergePatch, { prefer: 'respond-async' }),
      send('PATCH', at(target), { source: 'intruder' }, mergePatch, {
        'idempotency-key': `k-${target.customerId}`,
      }),
      send('PATCH', at(target), [{ op: 'test', path: '/name', value: target.word }], jsonPatch),
      send('PATCH', at(target, '?onConflict=merge'), { source: 'intruder' }, json, { 'if-match': '"1"' }),
      send('PATCH', at(target, '?dryRun=true'), { source: 'intruder' }, json),
    ],
    allowed: [
      {
        scopes: ['customer:write'],
        status: 200,
        call: (target) => send('PATCH', at(target), rename, jsonPatch),
      },
    ],
  },
  replaceCustomer: {
    naming: (target) => [
      send('PUT', at(target), { kind: 'person' }),
      send('PUT', at(target), { kind: 'person' }, json, { 'if-match': '"1"' }),
    ],
    allowed: [
      {
        scopes: ['customer:write'],
        status: 200,
        call: (target) => send('PUT', at(target), { kind: 'person' }),
      },
    ],
  },
  deleteCustomer: {
    naming: (target) => [send('DELETE', at(target)), send('DELETE', at(target, '?dryRun=true'))],
    allowed: [{ scopes: ['customer:delete'], status: 204, call: (target) => send('DELETE', at(target)) }],
  },
  undoChange: {
    naming: (target) => [
      send('POST', at(target, '/history/1/undo')),
      send('POST', at(target, '/history/2/undo')),
      send('POST', at(target, '/history/2/undo?dryRun=true')),
    ],
    allowed: [
      {
        scopes: ['customer:write', 'history:read'],
        status: 200,
        call: (target) => send('POST', at(target, '/history/2/undo')),
      },
    ],
  },
  exportCustomer: {
    naming: (target) => [get(at(target, '/export'))],
    allowed: [
      {
        scopes: ['customer:read', 'history:read', 'personal:read', 'privacy:manage'],
        status: 200,
        call: (target) => get(at(target, '/export')),
      },
    ],
  },
  importCustomer: {
    naming: (target) => [
      // At level 3, which wants a reason: whatever these name, they are refused alike.
      send('POST', '/v1/customers/import', exported({ protectionLevel: 3 }, target.customerId)),
      send(
        'POST',
        '/v1/customers/import?dryRun=true',
        exported({ parentId: target.customerId, protectionLevel: 3 }),
      ),
    ],
    allowed: [
      {
        scopes: ['customer:write', 'personal:write', 'privacy:manage'],
        status: 201,
        call: () => send('POST', '/v1/customers/import', exported({})),
      },
    ],
  },
  readRetention: {
    naming: () => [],
    allowed: [{ scopes: ['privacy:manage'], status: 200, call: () => get('/v1/retention') }],
  },
  setRetention: {
    naming: () => [],
    allowed: [
      {
        scopes: ['privacy:manage'],
        status: 200,
        call: () => send('PUT', '/v1/retention', { rules: { requests: 30 } }),
      },
    ],
  },
  readRestriction: {
    naming: (target) => [get(at(target, '/restriction'))],
    allowed: [{ scopes: ['privacy:manage'], status: 200, call: (target) => get(at(target, '/restriction')) }],
  },
  restrictCustomer: {
    naming: (target) => [
      send('PUT', at(target, '/restriction'), { reason: 'Asked for' }),
      send('PUT', at(target, '/restriction?dryRun=true'), { reason: 'Asked for' }),
    ],
    allowed: [
      {
        scopes: ['privacy:manage'],
        status: 200,
        call: (target) => send('PUT', at(target, '/restriction'), { reason: 'Asked for' }),
      },
    ],
  },
  scheduleErasure: {
    naming: (target) => [
      send('POST', at(target, '/erasure'), { reason: 'Asked for' }),
      send('POST', at(target, '/erasure'), { reason: 'Asked for', waiveWindow: true }),
    ],
    allowed: [
      {
        scopes: ['privacy:manage'],
        status: 201,
        call: (target) => send('POST', at(target, '/erasure'), { reason: 'Asked for' }),
      },
    ],
  },
  readErasure: {
    naming: (target) => [get(at(target, '/erasure'))],
    allowed: [{ scopes: ['privacy:manage'], status: 200, call: (target) => get(at(target, '/erasure')) }],
  },
  cancelErasure: {
    naming: (target) => [send('DELETE', at(target, '/erasure'), undefined, json, why)],
    allowed: [
      {
        scopes: ['privacy:manage'],
        status: 200,
        call: (target) => send('DELETE', at(target, '/erasure'), undefined, json, why),
      },
    ],
  },
  readErasureCertificate: {
    naming: (target) => [get(at(target, '/erasure/certificate'))],
    // The target's erasure was cancelled: whoever may ask is told that there is no certificate.
    allowed: [
      {
        scopes: ['privacy:manage'],
        status: 404,
        call: (target) => get(at(target, '/erasure/certificate')),
      },
    ],
  },
  listErasures: {
    naming: () => [],
    allowed: [{ scopes: ['privacy:manage'], status: 200, call: () => get('/v1/erasures?limit=1') }],
  },
  readLegalHold: {
    naming: (target) => [get(at(target, '/legal-hold'))],
    allowed: [{ scopes: ['privacy:manage'], status: 200, call: (target) => get(at(target, '/legal-hold')) }],
  },
  setLegalHold: {
    naming: (target) => [send('PUT', at(target, '/legal-hold'), { reason: 'Asked for' })],
    allowed: [
      {
        scopes: ['privacy:manage'],
        status: 200,
        call: (target) => send('PUT', at(target, '/legal-hold'), { reason: 'Asked for' }),
      },
    ],
  },
  releaseLegalHold: {
    naming: (target) => [send('DELETE', at(target, '/legal-hold'), undefined, json, why)],
    allowed: [
      {
        scopes: ['privacy:manage'],
        status: 200,
        call: (target) => send('DELETE', at(target, '/legal-hold'), undefined, json, why),
      },
    ],
  },
  liftRestriction: {
    naming: (target) => [send('DELETE', at(target, '/restriction'), undefined, json, why)],
    allowed: [
      {
        scopes: ['privacy:manage'],
        status: 200,
        call: (target) => send('DELETE', at(target, '/restriction'), undefined, json, why),
      },
    ],
  },
  readSigningKeys: {
    naming: () => [],
    allowed: [{ scopes: ['privacy:manage'], status: 200, call: () => get('/v1/signing-keys') }],
  },
  batch: {
    naming: (target) => [
      batch(
        { op: 'mergePatch', id: target.customerId, body: { source: 'intruder' } },
        { op: 'jsonPatch', id: target.customerId, body: rename, ifVersion: 1, onConflict: 'merge' },
        { op: 'replace', id: target.customerId, body: { kind: 'person' } },
        { op: 'delete', id: target.customerId },
        { op: 'create', body: { kind: 'person', parentId: target.customerId } },
      ),
    ],
    allowed: [
      {
        scopes: ['customer:write'],
        status: 201,
        call: () => batch({ op: 'create', body: { kind: 'person' } }),
      },
      {
        scopes: ['customer:write'],
        status: 200,
        call: (target) => batch({ op: 'mergePatch', id: target.customerId, body: { source: 'renamed' } }),
      },
      {
        scopes: ['customer:write'],
        status: 200,
        call: (target) => batch({ op: 'jsonPatch', id: target.customerId, body: rename }),
      },
      {
        scopes: ['customer:write'],
        status: 200,
        call: (target) => batch({ op: 'replace', id: target.customerId, body: { kind: 'person' } }),
      },
      {
        scopes: ['customer:delete'],
        status: 204,
        call: (target) => batch({ op: 'delete', id: target.customerId }),
      },
    ],
  },
};

/** Our own API. */
export const nativeExamples: ContractExamples = {
  routes,
  headersOf: ({ secret }) => ({ authorization: `Bearer ${secret}` }),
};
