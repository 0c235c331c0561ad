import { customerData } from '../../src/customer/customer.ts';
import type { Json, JsonObject } from '../../src/schema/json.ts';

type Schema = Record<string, unknown>;

/** A leaf of the record, items of lists left out of its name, and what protects it. */
export interface Leaf {
  name: string;
  kind: 'open' | 'personal' | 'secret';
}

/**
 * A customer with a value of its own in every leaf of the schema, derived from `seed`, so that two seeds share none where a
 * leaf is free; texts begin with the mark of what protects them; `addresses` has one of every purpose. The parent and the protection level are left out.
 */
export const distinctCustomer = (
  seed: string,
  marks: Marks = { open: `q${seed}`, personal: `q${seed}` },
): JsonObject => {
  const {
    parentId: _parent,
    protectionLevel: _level,
    ...all
  } = fill(root, { seed, marks }, '') as JsonObject;
  const [address] = all['addresses'] as JsonObject[];
  const { enum: purposes } = schemaAt(['addresses', 'purpose']) as { enum: (string | null)[] };
  const addresses = purposes
    .filter((purpose) => purpose !== null)
    .map((purpose, index) => ({
      ...mapTexts(address as JsonObject, index, marks.personal),
      purpose,
      primary: index === 0,
      id: idOf(index),
    }));
  const [contact] = all['contacts'] as JsonObject[];
  return { ...all, addresses, contacts: [{ ...contact, id: idOf(80), type: 'owner', primary: true }] };
};

/** How texts begin, by whether they are a person's. */
interface Marks {
  open: string;
  personal: string;
}

/** Every leaf of the schema but the ids of items. */
export const leaves = (
  schema: Schema = customerData as never,
  at = '',
  within: Leaf['kind'] = 'open',
): Leaf[] => {
  const kind = schema['x-secret'] ? 'secret' : schema['x-personal'] ? 'personal' : within;
  const members = schema['properties'] as Record<string, Schema> | undefined;
  const items = schema['items'] as Schema | undefined;
  if (members && kind === 'open') {
    return Object.entries(members).flatMap(([name, member]) =>
      name === 'id' ? [] : leaves(member, at === '' ? name : `${at}.${name}`, kind),
    );
  }
  return items?.['properties'] && kind === 'open' ? leaves(items, at, kind) : [{ name: at, kind }];
};

/** The values that stand at the name of a leaf, one of each item of a list. */
export const valuesAt = (document: Json | undefined, name: string): Json[] => {
  if (document === undefined || document === null) return [];
  if (Array.isArray(document)) return document.flatMap((item) => valuesAt(item, name));
  if (typeof document !== 'object') return [];
  const [first, ...rest] = name.split('.');
  const inner = (document as JsonObject)[first as string];
  if (rest.length > 0) return inner === '***' ? ['***'] : valuesAt(inner, rest.join('.'));
  const isNothing = inner === undefined || inner === null || (Array.isArray(inner) && inner.length === 0);
  return isNothing ? [] : [inner];
};

const root = customerData as unknown as Schema;
const idOf = (index: number): string => `018f0000-0000-7000-8000-0000000000${String(index + 10)}`;

const schemaAt = (path: string[]): Schema =>
  path.reduce<Schema>((schema, name) => {
    const inner = (schema['items'] as Schema | undefined) ?? schema;
    return (inner['properties'] as Record<string, Schema>)[name] as Schema;
  }, root);

/** Texts of free form, told apart by the place of their item. */
const mapTexts = (item: JsonObject, index: number, mark: string): JsonObject =>
  Object.fromEntries(
    Object.entries(item).map(([name, value]) => {
      const free = typeof value === 'string' && value.startsWith(mark) && !value.includes('@');
      return [name, free ? `${value}${'abcdefgh'[index]}` : value];
    }),
  );

const fill = (schema: Schema, by: { seed: string; marks: Marks; personal?: boolean }, at: string): Json => {
  const { seed, marks } = by;
  const personal = by.personal || schema['x-personal'] === true;
  const type = [schema['type']].flat()[0];
  const members = schema['properties'] as Record<string, Schema> | undefined;
  const word = `${personal ? marks.personal : marks.open}${place(at)}`;
  if (members) {
    return Object.fromEntries(
      Object.entries(members)
        .filter(([name]) => name !== 'id')
        .map(([name, member]) => [name, fill(member, { ...by, personal }, `${at}.${name}`)]),
    );
  }
  const choices = (schema['enum'] as Json[] | undefined)?.filter((one) => one !== null);
  if (choices) return choices[Number(seed) % choices.length] as Json;
  if (type === 'array') return [fill(schema['items'] as Schema, { ...by, personal }, `${at}[]`)];
  if (type === 'object') return { [`${word}n`]: `${word}v` };
  if (type === 'boolean') return Number(seed) % 2 === 0;
  if (type === 'integer' || type === 'number') return Number(seed) + 1;
  return textOf(schema, seed, at, word);
};

const textOf = (schema: Schema, seed: string, at: string, word: string): string => {
  const pattern = (schema['pattern'] as string | undefined) ?? '';
  const two = String((place(at) % 28) + 1).padStart(2, '0');
  if (pattern.includes('A-Z')) return seed === '1' ? 'EUR' : 'SEK';
  if (pattern.includes('\\d')) return `${seed}.50`;
  if (/phone|smsNumbers/i.test(at)) return `+4670${seed}${String(place(at)).padStart(6, '0')}`;
  if (/title$/.test(at)) return seed === '1' ? 'DR' : 'PROF';
  // Codecs of contracts know countries and languages by their names alone.
  if (/country$/i.test(at)) return seed === '1' ? 'SE' : 'FI';
  if (/language$/.test(at)) return seed === '1' ? 'en' : 'sv';
  const formats: Record<string, string> = {
    date: `180${seed}-03-${two}`,
    'date-time': `200${seed}-03-${two}T04:05:06Z`,
    uuid: `018f0000-0000-7000-8000-00000000000${seed}`,
    email: `${word}@example.org`,
    'email-list': `${word}@example.org`,
    locale: seed === '1' ? 'fi-FI' : 'sv-SE',
    'time-zone': seed === '1' ? 'Europe/Helsinki' : 'Europe/Stockholm',
  };
  return formats[schema['format'] as string] ?? word;
};

/** The place of a leaf among all, as a number of three digits. */
const place = (at: string): number => {
  const known = places.get(at) ?? 100 + places.size;
  places.set(at, known);
  return known;
};
const places = new Map<string, number>();
