import { contracts } from '../src/contracts/all.ts';
import { withItemIds } from '../src/customer/check-record.ts';
import type { Mapping } from '../src/mapping/define-mapping.ts';
import type { JsonObject } from '../src/schema/json.ts';
import { fullCustomer } from '../test/support/full-customer.ts';
import { customerIdOf } from './sample-customer.ts';

/** The microseconds that one read and one write of a full record take through each contract's mapping, by contract. */
export const mappingMicroseconds = (): Record<string, number> =>
  Object.fromEntries(
    contracts.flatMap(({ id, mapping }) => (mapping ? [[id, timeOf(mapping)] as const] : [])),
  );

const timeOf = (mapping: Mapping): number => {
  const record = fullRecord();
  const document = mapping.write(record);
  // A document that was refused would be no measure.
  mapping.read(document, undefined);
  const once = () => mapping.read(document, record) && mapping.write(record);
  for (let i = 0; i < warmUps; i++) once();
  const samples = Array.from({ length: rounds }, () => {
    const began = performance.now();
    for (let i = 0; i < perRound; i++) once();
    return ((performance.now() - began) * 1000) / perRound;
  });
  return samples.toSorted((a, b) => a - b)[Math.floor(rounds / 2)] as number;
};

const warmUps = 5000;
const rounds = 15;
const perRound = 1000;

/** Every member that a record can have, with values that each contract can say. */
const fullRecord = (): JsonObject => {
  let next = 0;
  const data = withItemIds(plausible(fullCustomer()) as JsonObject, () => customerIdOf(++next));
  const at = '2026-01-01T00:00:00.000Z';
  const system = { id: customerIdOf(0), number: 1001, humanReadableId: '29A-BY3Z-X78', version: 1 };
  return { ...(data as JsonObject), protectionLevel: 1, ...system, createdAt: at, updatedAt: at };
};

/** The same record with texts of the form that some contract wants. */
const plausible = (value: unknown, name = ''): unknown => {
  if (Array.isArray(value)) return value.map((item) => plausible(item, name));
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value).map(([inner, one]) => [inner, plausible(one, inner)]);
    return Object.fromEntries(members);
  }
  if (typeof value !== 'string') return value;
  if (/phone|sms/i.test(name)) return '+46701740001';
  return name === 'country' ? 'SE' : name === 'currency' ? 'EUR' : value;
};
