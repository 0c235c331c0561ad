import { entryHash } from '../../src/customer/history-chain.ts';
import type { ChainedCustomer, ChainedEntry } from '../../src/customer/verify-chain.ts';
import { newDataKey } from '../../src/privacy/data-key.ts';
import { bytes, chained, entryOf, type History, idOf, tenantId } from './chained-history.ts';

/** Three numbers from which a tampering chooses what it does to what. */
export type Choice = [number, number, number];
/** Changes a history in place, as somebody does who can write to the database. */
export type Tampering = (history: History, choice: Choice) => void;

const at = <T>(list: T[], index: number): T => list[index % list.length] as T;
const flipped = (buffer: Buffer, place: number): Buffer => {
  const copy = Buffer.from(buffer);
  copy[place % copy.length] = at([...copy], place) ^ (1 << (place % 8));
  return copy;
};
/** The entries of one customer. */
export const of = (history: History, id: string) => history.entries.filter((one) => one.customerId === id);
/** Takes entries out of a history. */
export const remove = (history: History, gone: (entry: ChainedEntry) => boolean) => {
  history.entries = history.entries.filter((one) => !gone(one));
};
/** Chains a customer's entries anew, as somebody does who knows how and lacks the tenant's secret. */
const rechain = (history: History, id: string, key?: ReturnType<typeof newDataKey>) => {
  const customer = history.customers.find((one) => one.customerId === id) as ChainedCustomer;
  const made = chained(of(history, id), customer.number, key);
  remove(history, (one) => one.customerId === id);
  history.entries.push(...made.entries);
  customer.head = made.customer.head;
  customer.version = made.customer.version;
  if (key) customer.mac = made.customer.mac;
};

const changes: ((entry: ChainedEntry, n: number) => void)[] = [
  (entry, n) => Object.assign(entry, { principal: `${entry.principal}${n % 10}` }),
  (entry) => Object.assign(entry, { contract: '' }),
  (entry) => Object.assign(entry, { contract: `${entry.contract}${entry.operation}`, operation: '' }),
  (entry) => Object.assign(entry, { operation: 'customer.delete' }),
  (entry, n) => Object.assign(entry, { recordedAt: entry.recordedAt + 1 + n }),
  (entry) => Object.assign(entry, { open: '[{"path":"/kind"}]' }),
  (entry, n) => Object.assign(entry, { sealed: flipped(entry.sealed, n) }),
  (entry, n) => Object.assign(entry, { sealed: entry.sealed.subarray(0, n % 64) }),
  (entry, n) =>
    Object.assign(entry, { snapshot: entry.snapshot ? flipped(entry.snapshot, n) : bytes('new') }),
  (entry) => Object.assign(entry, { snapshot: entry.snapshot ? null : Buffer.alloc(0) }),
  (entry, n) => Object.assign(entry, { hash: flipped(entry.hash as Buffer, n) }),
  (entry) => Object.assign(entry, { hash: null }),
];

const forger = newDataKey();
/** Swaps members between two objects, in place. */
export const swap = <T extends object>(one: T, other: T, members: (keyof T)[]) => {
  const [before, after] = [{ ...one }, { ...other }];
  for (const member of members) [one[member], other[member]] = [after[member], before[member]];
};
const twoOf = (history: History, [a, b]: Choice): [ChainedEntry, ChainedEntry] => {
  const entries = of(history, at([0, 2].map(idOf), a));
  const first = b % entries.length;
  return [entries[first] as ChainedEntry, at(entries, first + 1 + (a % (entries.length - 1)))];
};

/** What may be done to a history, by names that go on from one another. Every one must be found. */
export const tamperings: Record<string, Tampering> = {
  'an entry is changed': (history, [a, b, c]) => at(changes, b)(at(history.entries, a), c),
  'an entry is changed and the chain made anew': (history, [a, b, c]) => {
    const entry = at(history.entries, a);
    at(changes.slice(0, 10), b)(entry, c);
    rechain(history, entry.customerId);
  },
  'and proven with another secret': (history, [a, b, c]) => {
    const entry = at(history.entries, a);
    at(changes.slice(0, 10), b)(entry, c);
    rechain(history, entry.customerId, forger);
  },
  'an entry is removed': (history, [a]) => {
    const entry = at(history.entries, a);
    remove(history, (one) => one === entry);
  },
  'the newest entries are cut': (history, [a, b]) => {
    const customer = at(history.customers, a);
    const from = 1 + (b % customer.version);
    remove(history, (one) => one.customerId === customer.customerId && one.version >= from);
  },
  'and the customer with them': (history, [a, b]) => {
    const customer = at(
      history.customers.filter(({ version }) => version > 1),
      a,
    );
    const from = 2 + (b % (customer.version - 1));
    remove(history, (one) => one.customerId === customer.customerId && one.version >= from);
    rechain(history, customer.customerId);
  },
  'an entry is inserted': (history, [a, b]) => {
    const customer = at(history.customers, a);
    const version = 1 + (b % (customer.version + 1));
    const entry = entryOf(77, version);
    const hash = entryHash(tenantId, entry, customer.head as Buffer);
    history.entries.push({ ...entry, customerId: customer.customerId, hash });
  },
  'an entry is appended in its form': (history, [a]) => {
    const customer = at(history.customers, a);
    const { customerId, version } = customer;
    const entry = { ...entryOf(77, version + 1), customerId };
    history.entries.push({ ...entry, hash: entryHash(tenantId, entry, customer.head as Buffer) });
  },
  'and named by the customer': (history, [a]) => {
    const { customerId, version } = at(history.customers, a);
    history.entries.push({ ...entryOf(77, version + 1), customerId });
    rechain(history, customerId);
  },
  'two entries are swapped': (history, choice) => swap(...twoOf(history, choice), ['version']),
  'two entries are swapped, but for their hashes': (history, choice) =>
    swap(...twoOf(history, choice), ['version', 'hash']),
  'two customers swap an entry': (history, [a, b]) => {
    const one = at(of(history, idOf(0)), a);
    swap(one, at(of(history, idOf(2)), b), ['customerId', 'version']);
  },
  'two customers swap their histories': (history, [a]) => {
    const [one, other] = [at(history.customers, a), at(history.customers, a + 1)];
    for (const entry of history.entries) {
      if (entry.customerId === one.customerId) entry.customerId = other.customerId;
      else if (entry.customerId === other.customerId) entry.customerId = one.customerId;
    }
    swap(one, other, ['customerId']);
  },
  'a customer names another head': (history, [a, b]) => {
    const customer = at(history.customers, a);
    customer.head = flipped(customer.head as Buffer, b);
  },
  'a customer has another code': (history, [a, b]) => {
    const customer = at(history.customers, a);
    customer.mac = at([flipped(customer.mac as Buffer, b), at(history.customers, a + 1).mac, null], b);
  },
  'a customer has another version or number': (history, [a, b]) => {
    const [customer, other] = [at(history.customers, a), at(history.customers, a + 1)];
    if (b % 2) customer.version += 1 + (b % 9);
    else swap(customer, other, ['number']);
  },
  'a history is unchained': (history, [a]) => {
    const customer = at(history.customers, a);
    Object.assign(customer, { head: null, mac: null });
    for (const entry of of(history, customer.customerId)) entry.hash = null;
  },
  'a customer is removed': (history, [a, b]) => {
    const customer = at(history.customers, a);
    history.customers = history.customers.filter((one) => one !== customer);
    if (b % 2) remove(history, (one) => one.customerId === customer.customerId);
  },
  'a customer is inserted': (history, [a, b]) => {
    const made = chained([entryOf(99, 1)], at([1004, 1000, 1002], a), forger);
    history.customers.push(made.customer);
    history.entries.push(...made.entries);
    if (b % 2) history.lastNumber = 1004;
  },
};
