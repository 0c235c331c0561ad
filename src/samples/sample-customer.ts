import type { CustomerData } from '../customer/customer.ts';

/**
 * An invented customer of the tenant `demo`. Phone numbers come from the ranges that regulators keep for fiction
 * (PTS, Bundesnetzagentur, Arcep, Ofcom, ComReg, NANP 555-01xx) or cannot be dialled, e-mail domains from RFC 2606,
 * identifiers from ranges that are not given out.
 */
export interface SampleCustomer {
  /** Names the customer among the samples. */
  key: string;
  /** The key of the parent, which stands earlier in the list; null at the top. */
  parent: string | null;
  data: Omit<CustomerData, 'parentId'>;
}
