import { sealText, unsealText } from '../privacy/seal.ts';
import { splitter } from '../privacy/split.ts';
import type { JsonObject } from '../schema/json.ts';
import { shapeOf } from '../schema/shape.ts';
import { type Customer, type CustomerData, customerData } from './customer.ts';
import type { CustomerRow } from './store.ts';

/** The shape of the record, by which it is split, masked and searched. */
export const customerShape = shapeOf(customerData);

const parts = splitter(customerShape);

/** Turns a stored row into a customer. */
export const decodeCustomer = (row: CustomerRow, tenantId: string): Customer => ({
  id: row.customerId,
  tenantId,
  number: row.number,
  version: row.version,
  createdAt: row.createdAt,
  updatedAt: row.updatedAt,
  deletedAt: row.deletedAt,
  data: decodeData(row.open, row.sealed, { tenantId, customerId: row.customerId, version: row.version }),
});

/** Turns a customer into its row. */
export const encodeCustomer = (customer: Customer): CustomerRow => ({
  customerId: customer.id,
  number: customer.number,
  parentId: customer.data.parentId ?? null,
  version: customer.version,
  createdAt: customer.createdAt,
  updatedAt: customer.updatedAt,
  deletedAt: customer.deletedAt,
  ...encodeData(customer.data, {
    tenantId: customer.tenantId,
    customerId: customer.id,
    version: customer.version,
  }),
});

interface Place {
  tenantId: string;
  customerId: string;
  version: number;
}

/** The record in its two stored parts. */
export const encodeData = (data: CustomerData, place: Place): { open: string; sealed: Buffer } => {
  const { open, personal } = parts.split(data as JsonObject);
  return { open: JSON.stringify(open), sealed: sealText(JSON.stringify(personal), place) };
};

/** The record out of its two stored parts, members in the order of the schema. */
export const decodeData = (open: string, sealed: Buffer, place: Place): CustomerData =>
  parts.join({
    open: JSON.parse(open) as JsonObject,
    personal: JSON.parse(unsealText(sealed, place)) as JsonObject,
  }) as unknown as CustomerData;
