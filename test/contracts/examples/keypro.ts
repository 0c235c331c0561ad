import { keypro } from '../../../src/contracts/keypro/contract.ts';
import { mapping } from '../../../src/contracts/keypro/mapping.ts';
import { keyproExamples } from '../../access/examples/keypro.ts';
import type { ContractExample } from '../contract-example.ts';

const all = '/keypro/api/v2/customers/';

/** What the suite of all contracts has to know of Keypro. */
export const keyproExample: ContractExample = {
  contract: keypro,
  mapping,
  headersOf: keyproExamples.headersOf,
  refused: ({ secret }) =>
    Object.entries({
      'nothing sent': '',
      'another scheme': `Bearer ${secret}`,
      'no scheme': secret,
      'no space': `Token${secret}`,
      'two spaces': `Token  ${secret}`,
      'the scheme alone': 'Token',
      'more than a token': `Token ${secret} ${secret}`,
      'an unknown token': 'Token unknown',
    }).map(([way, authorization]) => ({ way, headers: { authorization }, status: 401 })),
  namedBy: 'number',
  calls: {
    read: (name) => ({ method: 'GET', path: `${all}${name}/` }),
    update: (name, members) => ({ method: 'PATCH', path: `${all}${name}/`, body: members }),
    replace: (name, document) => ({ method: 'PUT', path: `${all}${name}/`, body: document }),
    create: (members) => ({ method: 'POST', path: all, body: members }),
    list: () => ({ method: 'GET', path: all }),
    remove: (name) => ({ method: 'DELETE', path: `${all}${name}/` }),
  },
  documentOf: ({ body }) => body,
  idempotency: {
    header: 'Idempotency-Key',
    inProgress: { status: 409, text: 'still running' },
    mismatch: { status: 409, text: 'used for another request' },
  },
  statuses: { 'validation-failed': 400, 'already-taken': 400 },
  change: { member: 'country', canonical: 'country', values: ['FI', 'SE'] },
  several: { address: 7, coop_member: true, invoice_country: 'FI' },
  wrong: { members: { coop_date: '2024-02-30' }, names: 'coop_date' },
  personal: { member: 'customer_name', canonical: 'name', value: 'Ada Lovelace' },
  full: {
    address: 7,
    language: 1,
    restricted_type: 1,
    status: 3,
    type: 1,
    apartment: 8,
    coop_date: '1998-05-20',
    coop_member: true,
    coop_reimbursement_date: '2024-08-15',
    coop_sum: '2500.00',
    country: 'FI',
    customer_email: 'ada@example.org',
    customer_name: 'Ada Lovelace',
    customer_name_ext: 'c/o Byron',
    customer_number: 'A-4711',
    customer_phone: '+358 40 123 4567',
    identification: 'Meter 99000001',
    invoice_country: 'FI',
    invoice_name: 'Ada Lovelace Oy',
    is_editable_by_customer: true,
    is_sms_disabled: false,
    note: 'Prefers letters.',
    secondary_phone: '040 765 4321',
    sms_numbers: ['+358401234567', '+358407654321'],
    ssn_or_business_id: '140362-901H',
    water_database_id: 9,
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
