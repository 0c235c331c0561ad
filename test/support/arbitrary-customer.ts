import fc from 'fast-check';
import { customerData } from '../../src/customer/customer.ts';
import type { Json, JsonObject } from '../../src/schema/json.ts';
import { anyCharacter } from './any-character.ts';

/**
 * Random customers, derived from the schema: every member absent, null or a value of its kind, texts of all scripts,
 * list items with and without ids. `parentId` is left out, since it has to name a customer that exists.
 */
export const arbitraryCustomer = (): fc.Arbitrary<JsonObject> =>
  objectOf(customerData as unknown as Node, { without: ['parentId'] });

/** A customer whose list items all have ids, and another that keeps some of its members and items. */
export const relatedCustomers = (): fc.Arbitrary<[JsonObject, JsonObject]> =>
  fc
    .tuple(arbitraryCustomer(), arbitraryCustomer(), fc.infiniteStream(fc.nat(7)))
    .map(([one, two, choices]) => {
      const pick = () => choices.next().value ?? 0;
      return [withIds(one, pick), mixed(withIds(one, pick), withIds(two, pick), pick)];
    });

/** Random documents of any schema of the field language. */
export const arbitraryDocument = (schema: unknown): fc.Arbitrary<JsonObject> => objectOf(schema as Node);

/** Any JSON that a free member may hold. */
export const arbitraryJson = (): fc.Arbitrary<Json> => json;

interface Node {
  type: string | string[];
  enum?: Json[];
  format?: string;
  pattern?: string;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  properties?: Record<string, Node>;
  additionalProperties?: boolean | Node;
  items?: Node;
}

const objectOf = (node: Node, { without = [] as string[] } = {}): fc.Arbitrary<JsonObject> => {
  const members = Object.entries(node.properties ?? {}).filter(([name]) => !without.includes(name));
  const model = Object.fromEntries(members.map(([name, member]) => [name, stateOf(member)]));
  return fc.record(model).map((all) => {
    const present = Object.entries(all).filter(([, state]) => state !== absent);
    return Object.fromEntries(present) as JsonObject;
  });
};

const absent = Symbol('absent');

/** Absent, null where the schema allows it, or a value. */
const stateOf = (node: Node): fc.Arbitrary<Json | typeof absent> => {
  const nullable = Array.isArray(node.type) && node.type.includes('null');
  return fc.oneof(
    { weight: 4, arbitrary: fc.constant(absent) },
    ...(nullable ? [{ weight: 1, arbitrary: fc.constant(null) }] : []),
    { weight: 3, arbitrary: fieldValue(node) },
  );
};

const fieldValue = (node: Node): fc.Arbitrary<Json> => {
  const type = [node.type].flat().find((one) => one !== 'null');
  if (node.enum) return fc.constantFrom(...node.enum.filter((one) => one !== null));
  if (type === 'boolean') return fc.boolean();
  // The highest protection level restricts a record: nothing of it may be changed any more.
  if (type === 'integer') return fc.integer({ min: node.minimum ?? 0, max: (node.maximum ?? 9) - 1 });
  if (type === 'number') {
    const [min, max] = [(node.minimum ?? -1e9) * 100, (node.maximum ?? 1e9) * 100];
    return fc
      .integer({ min: Math.ceil(Math.max(min, -1e15)), max: Math.min(max, 1e15) })
      .map((cents) => cents / 100);
  }
  if (type === 'string') return textOf(node);
  if (type === 'array') return listOf(node.items as Node);
  if (node.properties) return objectOf(node);
  if (typeof node.additionalProperties === 'object') {
    return fc.dictionary(names, fieldValue(node.additionalProperties), { maxKeys: 3 });
  }
  return fc.dictionary(names, json, { maxKeys: 3 });
};

const listOf = (items: Node): fc.Arbitrary<Json[]> =>
  items.properties
    ? fc.uniqueArray(objectOf(items), {
        maxLength: 3,
        selector: (item) => item['id'],
        comparator: (a, b) => a !== undefined && a === b,
      })
    : fc.array(fieldValue(items), { maxLength: 2 });

const textOf = ({ format, pattern, maxLength = 20 }: Node): fc.Arbitrary<string> => {
  if (pattern) return fc.stringMatching(new RegExp(pattern));
  // Texts that only one customer may have are short; random ones are long enough not to meet.
  if (!format && maxLength <= 25)
    return fc.stringMatching(new RegExp(`^[0-9A-Za-z]{${Math.min(20, maxLength)}}$`));
  return format ? (formats[format] as fc.Arbitrary<string>) : text(Math.min(maxLength, 40));
};

const text = (maxLength: number): fc.Arbitrary<string> =>
  fc
    .oneof(
      fc.string({ unit: 'grapheme', maxLength: 12 }),
      fc.string({ unit: anyCharacter, maxLength: 12 }),
      fc.constantFrom('', ' ', '\u0000', 'Ångström', 'e\u0301', '李小龍', '👩‍👩‍👧', '**', 'null', '~/id=1'),
    )
    .filter((one) => [...one].length <= maxLength);

const email = fc.stringMatching(/^[a-z]{1,8}@[a-z]{1,8}\.example$/);
const instant = fc
  .date({ min: new Date('1900-01-01T00:00:00Z'), max: new Date('2200-01-01T00:00:00Z'), noInvalidDate: true })
  .map((date) => date.toISOString());

const formats: Record<string, fc.Arbitrary<string>> = {
  uuid: fc.uuid(),
  email,
  'email-list': fc.array(email, { maxLength: 2 }).map((all) => all.join(', ')),
  date: instant.map((one) => one.slice(0, 10)),
  'date-time': instant,
  locale: fc.constantFrom('sv-SE', 'de', 'zh-Hant-TW', 'pt-BR'),
  'time-zone': fc.constantFrom('Europe/Stockholm', 'UTC', 'Asia/Kolkata'),
};

const names = fc
  .oneof(
    fc.string({ minLength: 1, maxLength: 8 }),
    fc.constantFrom('constructor', 'id=1', 'a/b~c', 'id', 'ключ'),
  )
  .filter((name) => name !== '__proto__');

const { json } = fc.letrec<{ json: Json }>((tie) => ({
  json: fc.oneof(
    { depthSize: 'small', maxDepth: 4 },
    fc.constantFrom<Json>(null, true, false, 0, -1.5, 1e-7, Number.MAX_SAFE_INTEGER),
    fc.string({ unit: anyCharacter, maxLength: 8 }),
    fc.array(tie('json'), { maxLength: 3 }),
    fc.dictionary(names, tie('json'), { maxKeys: 3 }),
  ),
}));

/** Gives an id to every item of a list of the schema that has none. */
const withIds = (customer: JsonObject, pick: () => number): JsonObject => {
  const completed = Object.entries(customer).map(([name, value]) => {
    const isList = ['contacts', 'addresses', 'identifiers'].includes(name) && Array.isArray(value);
    const items = isList && value.map((item) => ({ id: idFrom(pick), ...withIds(item as JsonObject, pick) }));
    return [name, items || value];
  });
  return Object.fromEntries(completed) as JsonObject;
};

const idFrom = (pick: () => number): string =>
  '00000000-0000-4000-8000-000000000000'.replace(/0/g, () => pick().toString(16));

/** Some members of one, some of the other; of two lists some items of each, in any order. */
const mixed = (one: JsonObject, two: JsonObject, pick: () => number): JsonObject => {
  const result: JsonObject = {};
  for (const name of new Set([...Object.keys(one), ...Object.keys(two)])) {
    const [left, right] = [one[name], two[name]];
    const isList = name === 'contacts' || name === 'addresses';
    const value =
      isList && Array.isArray(left) && Array.isArray(right)
        ? mixedItems(left as JsonObject[], right as JsonObject[], pick)
        : pick() < 5
          ? left
          : right;
    if (value !== undefined) result[name] = value;
  }
  return result;
};

const mixedItems = (left: JsonObject[], right: JsonObject[], pick: () => number): JsonObject[] => {
  const kept = left
    .filter(() => pick() < 6)
    .map((item, index) => (pick() < 4 ? item : { ...item, ...right[index], id: item['id'] as string }));
  const ids = new Set(kept.map((item) => item['id']));
  const added = right.filter((item) => !ids.has(item['id'] as string) && pick() < 4);
  const all = pick() < 5 ? [...kept, ...added] : [...added, ...kept];
  return pick() < 6 ? all : all.toReversed();
};
