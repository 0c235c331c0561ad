import { expect, test } from 'vitest';
import { customerWith } from '../../../test/support/customer-with.ts';
import { noLinks } from '../../mapping/links.ts';
import type { JsonObject } from '../../schema/json.ts';
import { mappedView } from '../mapped-view.ts';
import { mapping } from './mapping.ts';

const statuses: [canonical: JsonObject, wire: JsonObject][] = [
  [{ status: 'active' }, { status: 'OPEN', suspended: false }],
  [{ status: 'suspended' }, { status: 'OPEN', suspended: true }],
  [{ status: 'pending' }, { status: 'PENDING', suspended: false }],
  [{ status: 'prospect' }, { status: 'PROSPECT', suspended: false }],
  [{ status: 'closed' }, { status: 'CLOSED', suspended: false }],
  [
    { status: 'closed', extensions: { revio: { suspended: 'closed' } } },
    { status: 'CLOSED', suspended: true },
  ],
];

test('each state of the record has its own two words, and every two words a state', () => {
  for (const [canonical, wire] of statuses) {
    expect(mapping.write(canonical)).toMatchObject(wire);
    expect(mapping.read(wire, undefined)).toEqual(canonical);
    for (const [before] of statuses) expect(mapping.read(wire, before)).toEqual(canonical);
  }
  expect(mapping.read({ suspended: true }, undefined)).toEqual({ status: 'suspended' });
});

test('an account that another contract brought into another state is not suspended for Rev.io', () => {
  const prospect = mapping.read({ status: 'PROSPECT', suspended: true }, undefined);
  expect(mapping.write(prospect)).toMatchObject({ status: 'PROSPECT', suspended: true });
  for (const [status, word] of [
    ['active', 'OPEN'],
    ['closed', 'CLOSED'],
  ] as const) {
    const record = { ...prospect, status };
    expect(mapping.write(record)).toMatchObject({ status: word, suspended: false });
    expect(mapping.read(mapping.write(record), record)).toBe(record);
    expect(mapping.read({ ...mapping.write(record), status: 'OPEN' }, record)['status']).toBe('active');
  }
});

test('a flag that was kept without its state holds in every one but active', () => {
  const record = { status: 'closed', extensions: { revio: { suspended: true } } };
  expect(mapping.write(record)).toMatchObject({ status: 'CLOSED', suspended: true });
  expect(mapping.write({ ...record, status: 'active' })).toMatchObject({ status: 'OPEN', suspended: false });
});

test('the status ALL is refused at its member', () => {
  expect(() => mapping.read({ status: 'ALL' }, undefined)).toThrow(
    expect.objectContaining({ faults: [expect.objectContaining({ pointer: '/status', rule: 'enum' })] }),
  );
});

test('three addresses are the items of three purposes, countries in three letters', () => {
  const record = {
    addresses: [
      { id: '1', purpose: 'shipping', city: 'Oslo' },
      { id: '2', purpose: 'billing', city: 'Lund', country: 'SE', street: 'A' },
      { id: '3', purpose: 'service', country: 'somewhere' },
    ],
  };
  const document = mapping.write(record);
  expect(document['billing_address']).toMatchObject({ address_id: '2', city: 'Lund', country_code: 'SWE' });
  expect(document['service_address']).toMatchObject({ country_code: 'somewhere' });
  expect(document['listing_address']).toBe(null);
  const sent = { ...document, billing_address: { city: 'Kiel', country_code: 'DEU' } };
  expect(mapping.read({ ...sent, listing_address: { line_1: 'x' } }, record)).toEqual({
    addresses: [
      record.addresses[0],
      { id: '2', purpose: 'billing', city: 'Kiel', country: 'DE', street: 'A' },
      record.addresses[2],
      { purpose: 'listing', line1: 'x' },
    ],
  });
});

test('an empty replacement takes all that Rev.io can say and nothing else', () => {
  const kept = {
    name: 'Ada',
    extensions: { keypro: { a: 1 } },
    protectionLevel: 2,
    billing: { email: 'a@b.example' },
  };
  const record: JsonObject = {
    ...kept,
    email: 'a@b.example',
    status: 'active',
    extensions: { keypro: { a: 1 }, revio: { agent_id: 4, finance: { cycle_date: 'x' }, fields: [] } },
    billing: { email: 'a@b.example', method: 'paper' },
  };
  expect(mapping.read({}, record)).toEqual(kept);
});

test('an e-invoice is not lost by a client that does not know it', () => {
  const record = { billing: { method: 'eInvoice' }, email: 'a@b.example' };
  const document = mapping.write(record);
  expect(document['finance']).toMatchObject({ billing_method: 'NONE' });
  expect(mapping.read({ ...document, email: null }, record)).toMatchObject({
    billing: { method: 'eInvoice' },
  });
});

test('a customer is shown with what the service says, and read without it', () => {
  const customer = customerWith({ email: 'a@b.example', protectionLevel: 1 });
  const view = mappedView(mapping);
  const document = view.write(customer, noLinks);
  expect(document).toMatchObject({
    customer_id: 1001,
    created_date: '2024-01-01T00:00:00.000Z',
    updated_date: '2024-02-01T00:00:00.000Z',
    email: 'a@b.example',
  });
  expect(view.read(document, customer, noLinks, document)).toEqual(customer.data);
  expect(view.read({ customer_id: 5, email: 'c@d.example' }, undefined, noLinks, {})).toEqual({
    email: 'c@d.example',
  });
});
