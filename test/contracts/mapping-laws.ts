import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkRecord, withItemIds } from '../../src/customer/check-record.ts';
import { customerShape } from '../../src/customer/record.ts';
import { type Fault, Refusal } from '../../src/errors.ts';
import type { Mapping } from '../../src/mapping/define-mapping.ts';
import type { Links } from '../../src/mapping/links.ts';
import { masked } from '../../src/privacy/mask.ts';
import { deepEqual, isObject, type Json, type JsonObject } from '../../src/schema/json.ts';
import { parsePointer } from '../../src/schema/pointer.ts';
import type { Shape } from '../../src/schema/shape.ts';
import { arbitraryCustomer, arbitraryDocument, arbitraryJson } from '../support/arbitrary-customer.ts';
import {
  changedPaths,
  isWithin,
  leafAt,
  leafPaths,
  said,
  without,
  withoutNulls,
  writable,
} from './documents.ts';

/** What a contract's laws may need to know of it. */
interface LawOptions {
  numRuns?: number;
}

/** Customers by number, each tenth of whom does not exist. */
export const links: Links = {
  numberOf: (id) => (id.startsWith(linked) ? Number(id.slice(linked.length)) : null),
  idOf: (number) => (number % 10 === 0 ? null : linked + String(number).padStart(12, '0')),
};
const linked = '00000000-0000-7000-8000-';

/** The laws that hold for every contract's mapping, over random records and random documents. */
export const mappingLaws = (mapping: Mapping, { numRuns = 200 }: LawOptions = {}): void => {
  const documents = arbitraryDocument(mapping.wire);
  /** A record that the contract has written to before, with all that the others say. */
  const records = fc
    .tuple(arbitraryCustomer(), documents, fc.boolean())
    .map(([data, document, isWritten]): JsonObject => {
      const newId = counter();
      const record = withItemIds({ ...system, protectionLevel: 1, ...data }, newId);
      return isWritten
        ? { ...system, ...withItemIds(accepted(mapping, document, record)[1], newId) }
        : record;
    });
  const seen = fc
    .tuple(records, fc.constantFrom<'mask' | 'hide' | 'show'>('mask', 'hide', 'show'))
    .map(([record, sight]) => (sight === 'show' ? record : maskedRecord(record, sight)));
  const holds = <T extends [unknown, ...unknown[]]>(
    arbitraries: { [K in keyof T]: fc.Arbitrary<T[K]> },
    law: (...values: T) => void,
  ) =>
    fc.assert(
      fc.property(fc.tuple(...(arbitraries as any)), (values: any) => law(...(values as T))),
      { numRuns },
    );

  describe(`the mapping of ${mapping.contract}`, () => {
    test('what was written changes nothing when it is read back, member by member', () => {
      holds<[JsonObject]>([seen], (record) => {
        const document = JSON.parse(JSON.stringify(mapping.write(record, links))) as JsonObject;
        expectSame(mapping.read(document, record, links), dataOf(record));
        expectSame(mapping.read(withoutNulls(mapping, document), record, links), dataOf(record));
      });
    });

    test('a record that was read writes the same again', () => {
      holds<[JsonObject, JsonObject]>([seen, documents], (record, sent) => {
        const [, data] = accepted(mapping, sent, record);
        const document = mapping.write({ ...system, ...data }, links);
        expectSame(mapping.read(document, { ...system, ...data }, links), data);
        const [, fresh] = accepted(mapping, sent, undefined);
        const again = mapping.read(mapping.write(fresh, links), undefined, links);
        expect(said(mapping.write(again, links))).toEqual(said(mapping.write(fresh, links)));
      });
    });

    test('a document that was read is what is written, in its normal form', () => {
      holds<[JsonObject, JsonObject]>([seen, documents], (record, sent) => {
        const [document, data] = accepted(mapping, sent, record);
        const shown = mapping.write({ ...system, ...data }, links);
        const normal = mapping.write(mapping.read(document, undefined, links), links);
        expect(said(writable(mapping, shown))).toEqual(said(writable(mapping, normal)));
      });
    });

    test('a member of the wire changes only what its rules say', () => {
      holds<[JsonObject, JsonObject, number]>([seen, documents, fc.nat()], (record, sent, choice) => {
        const paths = leafPaths(mapping.wire);
        const path = paths[choice % paths.length] as string;
        const document = leafAt(mapping.write(record, links), sent, path);
        const [, data] = accepted(mapping, document, record);
        const mine = mapping.places().filter(({ wire }) => isWithin(path, wire) || isWithin(wire, path));
        for (const changed of changedPaths(dataOf(record), data)) {
          const isMine = ({ canonical }: { canonical: string | undefined }) =>
            canonical !== undefined && (isWithin(changed, canonical) || isWithin(canonical, changed));
          expect(mine.some(isMine), `${path} changed ${changed}`).toBe(true);
        }
      });
    });

    test('what the contract cannot say stays, at every item that stays', () => {
      holds<[JsonObject, JsonObject]>([seen, documents], (record, sent) => {
        const [, data] = accepted(mapping, sent, record);
        for (const path of mapping.omits) expectKept(record, data, path.split('.'));
        // A contract that says the level may change it; where it says none, the door puts it back.
        const isSaid = mapping.covers.includes('protectionLevel');
        if (!isSaid) expect(data['protectionLevel']).toBe(record['protectionLevel']);
      });
    });

    test('what the contract allows, the record allows', () => {
      holds<[JsonObject]>([documents], (sent) => {
        const [, data] = accepted(mapping, sent, undefined);
        const { protectionLevel = 1 } = data;
        expect(checkRecord(data, {}, counter())).toMatchObject({ protectionLevel });
      });
    });

    test('any JSON is read or refused with marked faults at most', () => {
      const junk = fc.tuple(documents, arbitraryJson(), fc.nat()).map(([document, value, choice]) => {
        const paths = leafPaths(mapping.wire).flatMap((path) => [path, path.split('.')[0] as string]);
        const path = paths[choice % paths.length] as string;
        return leafAt(document, value, path);
      });
      holds<[JsonObject, JsonObject]>([seen, junk], (record, document) => {
        for (const current of [record, undefined]) {
          const faults = faultsOf(mapping, document, current);
          expect(faults.length).toBeLessThanOrEqual(50);
          for (const fault of faults) expect(fault.wire, fault.pointer).toBe(true);
          mapping.explain(document, links);
        }
      });
    });

    test('every member of the record is said or named as omitted, and every path exists', () => {
      const leaves = recordLeaves(customerShape);
      const known = [...mapping.covers, ...mapping.omits];
      const names = (leaf: string) => known.some((path) => isWithin(leaf, path) || isWithin(path, leaf));
      const free = ['addresses.id', 'contacts.id', 'contacts.identifiers.id'];
      expect(leaves.filter((leaf) => !names(leaf) && !free.includes(leaf))).toEqual([]);
      const exists = (path: string) =>
        path in system || leaves.some((leaf) => isWithin(leaf, path) || isWithin(path, leaf));
      expect(known.filter((path) => !exists(path))).toEqual([]);
    });
  });
};

const system = {
  id: '018f0000-0000-7000-8000-000000000001',
  number: 1001,
  humanReadableId: '29A-BY3Z-X78',
  version: 7,
  createdAt: '2024-01-01T00:00:00.000Z',
  updatedAt: '2024-02-01T00:00:00.000Z',
};

const dataOf = (record: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(record).filter(([name]) => !(name in system)));

const faultsOf = (mapping: Mapping, document: JsonObject, current: JsonObject | undefined) => {
  try {
    mapping.read(document, current, links);
    return [];
  } catch (error) {
    if (error instanceof Refusal && error.code === 'validation-failed') return error.faults;
    throw error;
  }
};

/** A document without the members that are refused, and the record that it makes. */
const accepted = (
  mapping: Mapping,
  sent: JsonObject,
  current: JsonObject | undefined,
): [JsonObject, JsonObject] => {
  let document = sent;
  for (let round = 0; round < 20; round++) {
    const faults = faultsOf(mapping, document, current);
    if (faults.length === 0) return [document, mapping.read(document, current, links)];
    for (const fault of faults) document = without(document, placeOf(fault)) as JsonObject;
  }
  throw new Error(`no document without faults: ${JSON.stringify(faultsOf(mapping, document, current))}`);
};

/** What to leave out because of a fault: where a member is missing, what it is missing in. */
const placeOf = ({ pointer, rule }: Fault): string[] =>
  rule === 'required' ? parsePointer(pointer).slice(0, -1) : parsePointer(pointer);

const maskedRecord = (record: JsonObject, sight: 'mask' | 'hide'): JsonObject =>
  masked(customerShape, record, sight === 'mask' ? 2 : 3, { read: false, write: true, manage: false });

/** Both equal, and whatever is an object the very same. */
const expectSame = (now: JsonObject, before: JsonObject): void => {
  expect(now).toEqual(before);
  for (const [name, value] of Object.entries(now)) expect(value, name).toBe(before[name]);
};

const expectKept = (before: Json | undefined, now: Json | undefined, path: string[]): void => {
  const [name, ...rest] = path;
  if (Array.isArray(before) && name !== undefined) {
    const items = (Array.isArray(now) ? now : []) as JsonObject[];
    for (const item of before as JsonObject[]) {
      const twin = items.find((one) => one['id'] === item['id']);
      if (twin) expectKept(item, twin, path);
    }
  } else if (name !== undefined) {
    expectKept(isObject(before) ? before[name] : undefined, isObject(now) ? now[name] : undefined, rest);
  } else {
    expect(deepEqual(before ?? null, now ?? null), `kept ${path.join('.')}`).toBe(true);
  }
};

const recordLeaves = (shape: Shape, at = ''): string[] => {
  if (shape.kind === 'leaf') return [at];
  const members = shape.kind === 'list' ? (shape.item as Shape & { kind: 'group' }).members : shape.members;
  return [...members].flatMap(([name, member]) => recordLeaves(member, at === '' ? name : `${at}.${name}`));
};

/** Gives ids one after the other, as the door does. */
const counter = () => {
  let next = 0;
  return () => `00000000-0000-4000-8000-${String(next++).padStart(12, '0')}`;
};
