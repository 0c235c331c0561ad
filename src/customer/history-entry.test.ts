import { expect, test } from 'vitest';
import { newDataKey } from '../privacy/data-key.ts';
import {
  declaredPath,
  decodeHistory,
  encodeHistory,
  type HistoryEntry,
  isPersonalPath,
  shapeOfChange,
} from './history-entry.ts';

const key = newDataKey();

const entry: HistoryEntry = {
  customerId: '01890000-0000-7000-8000-000000000001',
  version: 2,
  recordedAt: new Date(5),
  principal: 'main',
  contract: 'native',
  operation: 'customer.update',
  reason: 'Called us: Ada married',
  changes: [
    { path: '/kind', before: 'person', after: 'organisation' },
    { path: '/name', before: 'Ada', after: 'Grace' },
    { path: '/contacts/id=one/email', after: 'grace@example.org' },
    { path: '/billing/currency', before: null },
  ],
  snapshot: '{"name":"Grace"}',
};

test('an entry is read from its row with every change, its reason and its snapshot', () => {
  const row = encodeHistory(entry, 'tenant', key);
  const read = decodeHistory(row, 'tenant', key);
  expect(read).toEqual(entry);
  expect(
    decodeHistory(encodeHistory({ ...entry, reason: null, snapshot: null }, 't', key), 't', key),
  ).toMatchObject({
    reason: null,
    snapshot: null,
  });
});

test('no change lies open, nor the reason, nor the snapshot', () => {
  const { sealed: _sealed, snapshot: _snapshot, ...open } = encodeHistory(entry, 'tenant', key);
  expect(JSON.stringify(open)).not.toMatch(/Ada|Grace|grace|married|organisation|kind|billing/);
});

test('an entry of before, some of whose changes lay open, is read with all of them', () => {
  const [kind, ...others] = entry.changes;
  const row = encodeHistory({ ...entry, changes: others }, 'tenant', key);
  expect(decodeHistory({ ...row, open: JSON.stringify([kind]) }, 'tenant', key)).toEqual(entry);
});

test.each([
  ['/name', true],
  ['/kind', false],
  ['/attributes/plan', false],
  ['/metadata/a/b', true],
  ['/billing', true],
  ['/billing/email', true],
  ['/billing/currency', false],
  ['/contacts', true],
  ['/contacts/id=one', true],
  ['/contacts/id=one/type', false],
  ['/contacts/id=one/identifiers/id=two/type', true],
  ['/securityPin', true],
  ['/extensions/revio/x', true],
  ['/extensions', true],
  ['', true],
  ['/nowhere', true],
])('%s is personal: %s', (path, personal) => {
  expect(isPersonalPath(path)).toBe(personal);
  expect(isPersonalPath(path)).toBe(personal);
});

test.each([
  ['/name', '/name'],
  ['/attributes/Ada Lovelace', '/attributes'],
  ['/metadata/Ada/Lovelace', '/metadata'],
  ['/contacts/id=one/email', '/contacts/id=one/email'],
  ['/extensions/revio/Ada', '/extensions/revio'],
  ['/billing/email', '/billing/email'],
  ['/contacts/id=one/identifiers/id=two/value', '/contacts/id=one/identifiers'],
])('the declared part of %s is %s', (path, declared) => {
  expect(declaredPath(path)).toBe(declared);
});

test('a path that leaves the schema has no shape', () => {
  expect(shapeOfChange('/nowhere')).toBeUndefined();
  expect(shapeOfChange('/contacts/id=one/nowhere')).toBeUndefined();
  expect(shapeOfChange('/contacts/id=one/email')?.marks.search).toEqual({ as: 'email', by: 'exact' });
});
