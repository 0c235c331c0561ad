import { openPart } from '../privacy/open-part.ts';
import { sealText, unsealText } from '../privacy/seal.ts';
import type { JsonObject } from '../schema/json.ts';
import { shapeOf } from '../schema/shape.ts';
import { type Customer, type CustomerData, customerData } from './customer.ts';
import type { CustomerRow, StoredCustomer } from './store.ts';

/** The shape of the record, by which it is split, masked and searched. */
export const customerShape = shapeOf(customerData);

const openOf = openPart(customerShape);

/** Turns a stored row into a customer. The record is read when it is first looked at: many answers need its text alone. */
export const decodeCustomer = (row: StoredCustomer, tenantId: string): Customer => {
  const text = unsealText(row.sealed, { tenantId, customerId: row.customerId, version: row.version });
  let data: CustomerData | undefined;
  return {
    id: row.customerId,
    tenantId,
    number: row.number,
    version: row.version,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
    deletedAt: row.deletedAt,
    text,
    get data() {
      data ??= JSON.parse(text) as CustomerData;
      return data;
    },
  };
};

/** Turns a customer into its row, but for the open part. */
export const encodeCustomer = (customer: Customer): Omit<CustomerRow, 'open'> => ({
  customerId: customer.id,
  number: customer.number,
  parentId: customer.data.parentId ?? null,
  version: customer.version,
  createdAt: customer.createdAt,
  updatedAt: customer.updatedAt,
  deletedAt: customer.deletedAt,
  sealed: sealText(textOf(customer), {
    tenantId: customer.tenantId,
    customerId: customer.id,
    version: customer.version,
  }),
});

/** The part of the record that may lie open, as JSON text. */
export const openText = (customer: Customer): string => JSON.stringify(openOf(customer.data as JsonObject));

/** The record as JSON text, made once for all that need it. */
export const textOf = (customer: Customer): string => {
  customer.text ??= JSON.stringify(customer.data);
  return customer.text;
};

/** The same customer with another record. */
export const withData = ({ text: _text, ...customer }: Customer, data: JsonObject): Customer => ({
  ...customer,
  data: data as unknown as CustomerData,
});
