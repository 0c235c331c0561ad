import { randomBytes } from 'node:crypto';
import { customerData } from '../../src/customer/customer.ts';

/** Texts by which a test finds a kind of member wherever its value turns up. */
export const marks = { open: 'Zopen', personal: 'Zpersonal', secret: 'Zsecret', date: '1815-12-10' } as const;

type Schema = Record<string, unknown>;
type Kind = 'open' | 'personal' | 'secret';

/** A customer with a value in every member of the schema, each a text that says what kind of member it is in. */
export const fullCustomer = (over: object = {}): Record<string, unknown> => {
  const {
    parentId: _parent,
    protectionLevel: _level,
    ...all
  } = fill(customerData as unknown as Schema, 'open') as object & {
    parentId: unknown;
    protectionLevel: unknown;
  };
  return { ...all, ...over };
};

const fill = (schema: Schema, inherited: Kind): unknown => {
  const kind = schema['x-secret'] ? 'secret' : schema['x-personal'] ? 'personal' : inherited;
  const type = [schema['type']].flat()[0];
  const members = schema['properties'] as Record<string, Schema> | undefined;
  if (members) {
    const own = Object.entries(members).filter(([name]) => name !== 'id');
    return Object.fromEntries(own.map(([name, member]) => [name, fill(member, kind)]));
  }
  if (Array.isArray(schema['enum'])) return schema['enum'][0];
  if (type === 'array') return [fill(schema['items'] as Schema, kind)];
  if (type === 'object') return { [`${marks[kind]}Name`]: marks[kind] };
  if (type === 'boolean') return true;
  if (type === 'integer') return 1;
  return textOf(schema, kind);
};

const textOf = (schema: Schema, kind: Kind): string => {
  const format = schema['format'] as string | undefined;
  const pattern = (schema['pattern'] as string | undefined) ?? '';
  if (pattern.includes('A-Z')) return 'EUR';
  if (pattern.includes('\\d')) return '12.50';
  if (schema['x-unique']) return `${marks[kind]}${randomBytes(4).toString('hex')}`;
  return (format && texts[format]?.(marks[kind])) ?? marks[kind];
};

const texts: Record<string, (mark: string) => string> = {
  date: (mark) => (mark === marks.open ? '1999-01-01' : marks.date),
  'date-time': () => '2001-02-03T04:05:06Z',
  uuid: () => '018f0000-0000-7000-8000-000000000001',
  email: (mark) => `${mark}@example.org`,
  'email-list': (mark) => `${mark}@example.org`,
  locale: () => 'fi-FI',
  'time-zone': () => 'Europe/Helsinki',
};
