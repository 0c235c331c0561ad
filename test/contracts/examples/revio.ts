import { revio } from '../../../src/contracts/revio/contract.ts';
import { mapping } from '../../../src/contracts/revio/mapping.ts';
import type { ExampleCall } from '../../access/example-call.ts';
import type { ContractExample } from '../contract-example.ts';
import { basic, revioHeaders } from '../revio/client.ts';

const all = '/revio/v1/Customers';
const send = (
  method: string,
  path: string,
  body: unknown,
  contentType = 'application/json',
): ExampleCall => ({
  method,
  path,
  body,
  contentType,
});

const address = {
  first_name: 'Ada',
  middle_initial: 'K',
  last_name: 'Lovelace',
  company_name: 'Analytical Engines Inc.',
  line_1: '1 High Street',
  line_2: 'Suite 2',
  city: 'Springfield',
  state_or_province: 'IL',
  postal_code: '62701',
  postal_code_extension: '1234',
  country_code: 'USA',
};

/** What the suite of all contracts has to know of Rev.io. */
export const revioExample: ContractExample = {
  contract: revio,
  mapping,
  headersOf: revioHeaders,
  refused: ({ keyId, tenantName, secret }) =>
    Object.entries({
      'nothing sent': '',
      'another scheme': `Bearer ${secret}`,
      'not base64': 'Basic !!!',
      'no client code': `Basic ${Buffer.from(`${keyId}:${secret}`).toString('base64')}`,
      'no password': `Basic ${Buffer.from(`${keyId}@${tenantName}`).toString('base64')}`,
      'an unknown password': basic(keyId, tenantName, 'unknown'),
      'another user name': basic('key_00000000000', tenantName, secret),
      'another client code': basic(keyId, 'nobody', secret),
    }).map(([way, authorization]) => ({ way, headers: { authorization }, status: 401 })),
  namedBy: 'number',
  calls: {
    read: (name) => ({ method: 'GET', path: `${all}/${name}` }),
    update: (name, members) =>
      send(
        'PATCH',
        `${all}/${name}`,
        Object.entries(members).map(([member, value]) => ({ op: 'replace', path: `/${member}`, value })),
        'application/json-patch+json',
      ),
    replace: (name, document) => send('PUT', `${all}/${name}`, document),
    create: (members) => send('POST', all, members),
    list: () => ({ method: 'GET', path: all }),
    remove: (name) => ({ method: 'DELETE', path: `${all}/${name}` }),
  },
  documentOf({ body }) {
    const { ok: _ok, id: _id, links: _links, ...document } = body;
    return document;
  },
  idempotency: {
    header: 'Idempotency-Key',
    inProgress: { status: 409, text: 'still running' },
    mismatch: { status: 409, text: 'used for another request' },
  },
  statuses: { 'validation-failed': 400 },
  change: { member: 'source', canonical: 'source', values: ['web shop', 'call centre'] },
  several: { source: 'fair', culture: 'sv-SE', agent_id: 7 },
  wrong: { members: { status: 'ALL' }, names: 'status' },
  personal: { member: 'email', canonical: 'email', value: 'ada@example.org' },
  full: {
    billing_address: address,
    service_address: { ...address, line_1: '2 High Street' },
    listing_address: { ...address, line_1: '3 High Street', country_code: 'CAN' },
    account_number: 'A-4711',
    activated_date: '2024-01-02T03:04:05Z',
    agent_id: 7,
    secondary_agent_id: 8,
    close_date: '2031-01-01T00:00:00Z',
    email: 'ada@example.org,billing@example.org',
    is_parent: true,
    registration_code: 'REG-4711',
    security_pin: '4711',
    sold_by: 12,
    source: 'web shop',
    status: 'OPEN',
    auto_debit: { enabled: true, day: 31, payment_account_id: 55 },
    finance: {
      bill_profile_id: 3,
      billing_method: 'BOTH',
      balance_limit: 250.5,
      balance_limit_enabled: true,
      collection_template_id: 4,
      contract_start_date: '2024-01-01T00:00:00Z',
      contract_end_date: '2026-01-01T00:00:00Z',
      cycle_date: '2024-02-01T00:00:00Z',
      late_fees_enabled: false,
      payment_terms_days: 30,
      tax_exempt_enabled: true,
      tax_exempt_types: ['FEDERAL', 'STATE'],
      usage_file_enabled: true,
      usage_file_format: 'CSV',
      payment_fees_enabled: false,
    },
    profile: { class: 'BUSINESS', date_of_birth: '1815-12-10', language: 'English', tax_id: '12-3456789' },
    fields: [
      { field_id: 1, label: 'Provider number', value: '17' },
      { field_id: 2, label: 'Service type', value: null },
    ],
    suspended: true,
    suspended_date: '2025-01-01T00:00:00Z',
    culture: 'en-US',
    auto_close: true,
  },
  scopes: {
    read: ['customer:read'],
    update: ['customer:write'],
    replace: ['customer:write'],
    create: ['customer:write'],
    list: ['customer:list'],
    remove: ['customer:delete'],
  },
};
