import { joined } from '../schema/joined.ts';
import type { Customer } from './customer.ts';
import { entryHash, headMac, isHeadMac, noHash } from './history-chain.ts';
import type { Loaded } from './store.ts';
import type { CustomerRow, HistoryRow } from './stored-rows.ts';

/** The chains of the customers that a group changes. */
interface GroupChains {
  /** The entry with its hash, after those that were added of this customer before. */
  add(row: Omit<HistoryRow, 'hash'>): HistoryRow;
  /** Where the chain of a changed customer ends now. */
  end(customer: Customer): Pick<CustomerRow, 'chainHead' | 'chainMac'>;
}

/**
 * Continues the chains of the loaded customers. A customer of before there were chains begins one with this change, where
 * the tenant is not wholly chained. Adding throws an Error where a chain does not end as the tenant's secret says: who
 * forged a head, or took it away, must not find it proven by the next change.
 */
export const groupChains = (tenantId: string, loaded: Loaded): GroupChains => {
  const rows = new Map(loaded.customers.map((row) => [row.customerId, row]));
  const heads = new Map<string, Buffer>();
  const stored = (customerId: string): Buffer => {
    const row = rows.get(customerId);
    if (!row || (!row.chainHead && !row.chainMac && !loaded.allChained)) return noHash;
    const { number, version, chainHead: head, chainMac: mac } = row;
    const genuine =
      head && mac && isHeadMac(loaded.chainSecret, tenantId, { customerId, number, version, head }, mac);
    if (!genuine) throw new Error('The history of a customer does not end where its chain says');
    return head;
  };
  return {
    add(row) {
      const { customerId } = row;
      const previous = heads.get(customerId) ?? stored(customerId);
      const hash = entryHash(tenantId, { ...row, recordedAt: row.recordedAt.getTime() }, previous);
      heads.set(customerId, hash);
      return joined(row, { hash });
    },
    end({ id: customerId, number, version }) {
      const head = heads.get(customerId) as Buffer;
      const chainMac = headMac(loaded.chainSecret, tenantId, { customerId, number, version, head });
      return { chainHead: head, chainMac };
    },
  };
};
