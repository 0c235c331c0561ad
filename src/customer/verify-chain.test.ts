import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { newDataKey } from '../privacy/data-key.ts';
import { entryHash, headMac, noHash } from './history-chain.ts';
import {
  type ChainedCustomer,
  type ChainedEntry,
  type ChainFinding,
  judgeCustomer,
  judgeNumbers,
} from './verify-chain.ts';

const tenantId = '018f0000-0000-7000-8000-00000000000a';
const secret = newDataKey();
const idOf = (n: number) => `018f0000-0000-7000-8000-${String(n).padStart(12, '0')}`;
const bytes = (text: string): Buffer => createHash('sha512').update(text).digest();

interface History {
  customers: ChainedCustomer[];
  entries: ChainedEntry[];
  lastNumber: number;
}

const entryOf = (n: number, version: number): ChainedEntry => ({
  customerId: idOf(n),
  version,
  recordedAt: 1_700_000_000_000 + 1000 * n + version,
  principal: `key-${version % 3}`,
  contract: 'native',
  operation: version === 1 ? 'customer.create' : 'customer.update',
  open: '[]',
  sealed: bytes(`${n} ${version}`),
  snapshot: version === 1 ? bytes(`snapshot ${n}`) : null,
  hash: null,
});

/** Chains entries with what a secret proves of them. */
const chained = (entries: ChainedEntry[], number: number, key = secret, from = noHash) => {
  let head = from;
  const rows = entries.map((entry) => {
    head = entryHash(tenantId, entry, head);
    return { ...entry, hash: head };
  });
  const last = rows.at(-1) as ChainedEntry;
  const end = { customerId: last.customerId, number, version: last.version, head };
  return { entries: rows, customer: { ...end, mac: headMac(key, tenantId, end) } };
};

/** Three customers with one to five entries. */
const clean = (() => {
  const all = [5, 1, 3].map((length, n) =>
    chained(
      Array.from({ length }, (_, index) => entryOf(n, index + 1)),
      1001 + n,
    ),
  );
  return { customers: all.map((one) => one.customer), entries: all.flatMap((one) => one.entries) };
})();

const honest = (): History => ({
  customers: clean.customers.map((one) => ({ ...one })),
  entries: clean.entries.map((one) => ({ ...one })),
  lastNumber: 1003,
});

const judged = (history: History, whole = true): ChainFinding[] => {
  const findings: ChainFinding[] = [];
  const report = (finding: ChainFinding) => void findings.push(finding);
  const numbers = judgeNumbers(1001, history.lastNumber, report);
  for (const customer of history.customers) numbers.add(customer);
  numbers.end();
  const ids = new Set([...history.customers, ...history.entries].map((one) => one.customerId));
  for (const id of ids) {
    const customer = history.customers.find((one) => one.customerId === id);
    const judge = judgeCustomer({ tenantId, secret, chained: whole }, customer, report);
    const own = history.entries.filter((one) => one.customerId === id);
    for (const entry of own.sort((one, other) => one.version - other.version)) judge.entry(entry);
    judge.end();
  }
  return findings;
};

test('what the service wrote has no finding, with entries that were erased since too', () => {
  expect(judged(honest())).toEqual([]);
});

/** Three numbers from which a tampering chooses what it does to what. */
type Choice = [number, number, number];
type Tampering = (history: History, choice: Choice) => void;

const at = <T>(list: T[], index: number): T => list[index % list.length] as T;
const flipped = (buffer: Buffer, place: number): Buffer => {
  const copy = Buffer.from(buffer);
  copy[place % copy.length] = at([...copy], place) ^ (1 << (place % 8));
  return copy;
};
const of = (history: History, id: string) => history.entries.filter((one) => one.customerId === id);
const remove = (history: History, gone: (entry: ChainedEntry) => boolean) => {
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
const swap = <T extends object>(one: T, other: T, members: (keyof T)[]) => {
  const [before, after] = [{ ...one }, { ...other }];
  for (const member of members) [one[member], other[member]] = [after[member], before[member]];
};
const twoOf = (history: History, [a, b]: Choice): [ChainedEntry, ChainedEntry] => {
  const entries = of(history, at([0, 2].map(idOf), a));
  const first = b % entries.length;
  return [entries[first] as ChainedEntry, at(entries, first + 1 + (a % (entries.length - 1)))];
};

const tamperings: Record<string, Tampering> = {
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

test('10,000 random tamperings are found, also by somebody who makes the chain anew and lacks the secret', () => {
  const kind = fc.constantFrom(...Object.keys(tamperings));
  const seen = new Set<string>();
  const number = fc.nat(10_000);
  fc.assert(
    fc.property(kind, fc.tuple(number, number, number), (name, choice) => {
      seen.add(name);
      const history = honest();
      (tamperings[name] as Tampering)(history, choice as Choice);
      return judged(history).length > 0;
    }),
    { numRuns: 10_000 },
  );
  expect(seen.size).toBe(Object.keys(tamperings).length);
});

/** The rules that are found broken, with their versions. */
const rules = (tamper: (history: History) => void, whole = true): string[] => {
  const history = honest();
  tamper(history);
  return judged(history, whole).map(({ rule, version }) => (version === null ? rule : `${rule} ${version}`));
};
const first = (history: History, version: number) => of(history, idOf(0))[version - 1] as ChainedEntry;

test('each kind is named', () => {
  expect(rules((history) => Object.assign(first(history, 4), { principal: 'x' }))).toEqual(['changed 4']);
  expect(rules((history) => remove(history, (one) => one === first(history, 4)))).toEqual(['removed 4']);
  expect(rules((history) => remove(history, (one) => one.customerId === idOf(0) && one.version > 4))).toEqual(
    ['cut 5'],
  );
  expect(rules((history) => tamperings['an entry is appended in its form']?.(history, [0, 0, 0]))).toEqual([
    'inserted 6',
  ]);
  expect(rules((history) => swap(first(history, 3), first(history, 5), ['version', 'hash']))).toEqual([
    'swapped 3',
    'swapped 5',
  ]);
  expect(rules((history) => tamperings['a customer names another head']?.(history, [0, 0, 0]))).toEqual([
    'head 5',
    'mac 5',
  ]);
  expect(rules((history) => history.customers.shift())).toEqual(['customer-removed', 'customer-removed']);
});

test('a history that is chained from some version on may be so only where the tenant’s is not chained yet', () => {
  const halfChained = (history: History) => {
    const [customer] = history.customers as [ChainedCustomer];
    const later = of(history, idOf(0)).slice(2);
    const made = chained(later, customer.number);
    for (const entry of of(history, idOf(0))) entry.hash = null;
    for (const [index, entry] of later.entries()) entry.hash = made.entries[index]?.hash ?? null;
    Object.assign(customer, made.customer);
  };
  expect(rules(halfChained, false)).toEqual([]);
  expect(rules(halfChained)).not.toEqual([]);
  const holed = (history: History) => {
    halfChained(history);
    first(history, 5).hash = null;
  };
  expect(rules(holed, false)).toContain('unchained 5');
});
