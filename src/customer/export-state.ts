import type { Json, JsonObject } from '../schema/json.ts';
import type { Context } from './context.ts';
import type { Customer } from './customer.ts';
import type { Door } from './execute.ts';
import { type RetentionKind, retentionKinds, rulesAfter } from './retention.ts';

/** What was decided about a customer beside its record: an erasure, legal holds, and how long data is kept. */
export const stateOf = async (
  { store }: Door,
  { tenant }: Context,
  { id }: Customer,
): Promise<JsonObject> => {
  const [erasure, hold, changes] = await Promise.all([
    store.readErasure(tenant, id),
    store.readHold(tenant, id),
    store.retentionChanges(tenant),
  ]);
  const rules = rulesAfter(changes);
  return {
    erasure: erasure ? told(erasure) : null,
    legalHold: { held: hold.held, entries: hold.entries.map(told) },
    retention: (Object.keys(retentionKinds) as RetentionKind[]).map((kind) => ({
      kind,
      days: rules[kind],
      meaning: retentionKinds[kind].meaning,
    })),
  };
};

/** The members that say something, times as texts. */
const told = (object: object): JsonObject =>
  Object.fromEntries(
    Object.entries(object)
      .filter(([, value]) => value !== null)
      .map(([name, value]) => [name, value instanceof Date ? value.toISOString() : (value as Json)]),
  );
