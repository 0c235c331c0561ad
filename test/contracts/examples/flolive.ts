import { flolive } from '../../../src/contracts/flolive/contract.ts';
import { mapping } from '../../../src/contracts/flolive/mapping.ts';
import { changeWire } from '../../../src/contracts/flolive/wire.ts';
import type { ExampleCall } from '../../access/example-call.ts';
import type { ContractExample } from '../contract-example.ts';
import { contentOf, floliveHeaders } from '../flolive/client.ts';

const customer = (id: string) => `/flolive/api/v2/customer/${id}`;
const send = (method: string, path: string, body: unknown): ExampleCall => ({ method, path, body });
const outcomes = {
  OPEN: 'open',
  SUCCESS: 'success',
  FAILURE: 'failure',
  INTERNAL_ERROR: 'error',
} as const;

/** What the suite of all contracts has to know of floLIVE. */
export const floliveExample: ContractExample = {
  contract: flolive,
  mapping,
  changeWire,
  headersOf: floliveHeaders,
  refused: ({ secret }) =>
    Object.entries({
      'nothing sent': '',
      'another scheme': `Basic ${secret}`,
      'no secret': 'Bearer',
      'an unknown secret': 'Bearer unknown',
      'more than a secret': `Bearer ${secret} ${secret}`,
    }).map(([way, authorization]) => ({ way, headers: { authorization }, status: 401 })),
  namedBy: 'id',
  calls: {
    read: (id) => ({ method: 'GET', path: customer(id) }),
    update: (id, members) => send('PATCH', customer(id), members),
    replace: null,
    create: (members, parent) =>
      send('POST', customer(parent), { status: 'ACTIVE', currency: 'EUR', ...members }),
    list: null,
    remove: null,
  },
  documentOf: contentOf,
  later: {
    status: (accepted) => ({
      method: 'GET',
      path: `/flolive/api/v2/global/call/${contentOf(accepted)['requestId']}`,
    }),
    outcome: (answer) => outcomes[contentOf(answer)['status'] as keyof typeof outcomes],
    createdId: (accepted) => contentOf(accepted)['customerId'],
  },
  idempotency: {
    header: 'Idempotency-Key',
    inProgress: { status: 409, text: 'still running' },
    mismatch: { status: 409, text: 'used for another request' },
  },
  statuses: { 'validation-failed': 400 },
  change: { member: 'name', canonical: 'name', values: ['Volvo', 'Saab'] },
  several: { name: 'Volvo', type: 'BUSINESS', mfaConfiguration: 'ENABLED' },
  wrong: { members: { mfaConfiguration: 'SOMETIMES' }, names: 'mfaConfiguration' },
  personal: { member: 'vatRegistrationNumber', canonical: 'identifiers.vatNumber', value: 'SE556012579001' },
  full: {
    type: 'BUSINESS',
    name: 'Volvo',
    allowOfferDelegation: true,
    isAllowedImeiLock: true,
    vatRegistrationNumber: 'SE556012579001',
    invoiceConfiguration: {
      chargeByActive: 'IMSI',
      activityIndication: 'DATA_CONSUMPTION',
      deviceCost: 12.5,
      deliveryMethod: 'EDI',
      paymentDueAfterInvoiceIssued: 14,
      paymentDueUnits: 'DAYS',
      vat: 25,
      invoiceText: 'Thank you for driving with us',
    },
    campaign: [1, 17],
    customFields: [{ keyName: 'fleet', keyValue: 'north' }],
    mfaConfiguration: 'DISABLED',
  },
  scopes: {
    read: ['customer:read'],
    update: ['customer:write'],
    replace: [],
    create: ['customer:write'],
    list: [],
    remove: [],
  },
};
