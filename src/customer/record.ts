import { type DataKey, type HeldKey, keyIn } from '../privacy/data-key.ts';
import { sealContent, unsealBytes } from '../privacy/seal.ts';
import { joined } from '../schema/joined.ts';
import type { JsonObject } from '../schema/json.ts';
import { shapeOf } from '../schema/shape.ts';
import { type Customer, type CustomerData, customerData } from './customer.ts';
import type { CustomerRow, StoredCustomer } from './stored-rows.ts';
import { UnreadableRecord } from './unreadable-record.ts';

/** The shape of the record, by which it is masked and searched. */
export const customerShape = shapeOf(customerData);

/**
 * Turns a stored row into a customer. The record is read when it is first looked at: many answers need its bytes alone.
 * Throws UnreadableRecord.
 */
export const decodeCustomer = (row: StoredCustomer, tenantId: string): Customer => {
  const erased = row.erasedAt !== null || row.dataKey === 'destroyed';
  return new ReadCustomer(row, tenantId, erased ? erasedBytes : openedBytes(row, tenantId), erased);
};

const openedBytes = ({ customerId, version, sealed, dataKey }: StoredCustomer, tenantId: string): Buffer => {
  try {
    return unsealBytes(sealed, dataKey, placeOf(tenantId, customerId, version));
  } catch (error) {
    throw new UnreadableRecord(tenantId, customerId, error);
  }
};

/** A class, since an accessor of each object's own costs more than the rest of reading it. `withData` copies it. */
class ReadCustomer implements Customer {
  readonly id: string;
  readonly tenantId: string;
  readonly number: number;
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly deletedAt: Date | null;
  readonly dataKey: HeldKey;
  readonly bytes: Buffer;
  declare readonly erased?: true;
  levelInText: number | undefined;
  #data: CustomerData | undefined;

  constructor(row: StoredCustomer, tenantId: string, bytes: Buffer, erased: boolean) {
    this.id = row.customerId;
    this.tenantId = tenantId;
    this.number = row.number;
    this.version = row.version;
    this.createdAt = row.createdAt;
    this.updatedAt = row.updatedAt;
    this.deletedAt = row.deletedAt;
    this.dataKey = row.dataKey;
    this.bytes = bytes;
    if (erased) this.erased = true;
  }

  get data(): CustomerData {
    this.#data ??= JSON.parse(this.bytes.toString('utf8')) as CustomerData;
    return this.#data;
  }
}

/** Turns a customer into its row, but for the end of its chain. */
export const encodeCustomer = (customer: Customer): Omit<CustomerRow, 'chainHead' | 'chainMac'> => ({
  customerId: customer.id,
  number: customer.number,
  parentId: customer.data.parentId ?? null,
  version: customer.version,
  createdAt: customer.createdAt,
  updatedAt: customer.updatedAt,
  deletedAt: customer.deletedAt,
  sealed: sealContent(
    bytesOf(customer),
    dataKeyOf(customer),
    placeOf(customer.tenantId, customer.id, customer.version),
  ),
});

/** The key of a customer that is being written; by then everyone has one. */
export const dataKeyOf = (customer: Customer): DataKey => {
  const key = keyIn(customer.dataKey);
  if (!key) throw new Error('A customer without a key can not be sealed');
  return key;
};

const placeOf = (tenantId: string, customerId: string, version: number) =>
  ({ kind: 'record', tenantId, customerId, version }) as const;

/** What is left of the record of an erased customer: nothing, and nobody may see it. */
const erasedBytes = Buffer.from('{"protectionLevel":4}');

/** The record as JSON text in UTF-8, made once for all that need it: it is sealed, kept and sent as it is. */
export const bytesOf = (customer: Customer): Buffer => {
  customer.bytes ??= Buffer.from(JSON.stringify(customer.data));
  return customer.bytes;
};

/** The same customer with another record. */
export const withData = (
  { bytes: _bytes, levelInText: _level, ...customer }: Customer,
  data: JsonObject,
): Customer => joined(customer, { data: data as unknown as CustomerData });
