import { isObject, type Json, type JsonObject } from '../schema/json.ts';
import { holdsPersonal, type Shape } from '../schema/shape.ts';

/**
 * Makes the function that takes what may lie open out of a record: the members without personal or secret marks.
 * A list that holds any personal member is personal as a whole, and so is whatever the schema does not know.
 */
export const openPart = (shape: Shape): ((data: JsonObject) => JsonObject) => {
  if (shape.kind !== 'group') throw new Error('Only an object has an open part');
  const plan = planOf(shape);
  return (data) => takeOpen(plan, data);
};

/** The members that lie open; a plan stands for a member of which only a part does. */
type Plan = Map<string, 'open' | Plan>;

const planOf = (shape: Shape & { kind: 'group' }): Plan => {
  const plan: Plan = new Map();
  for (const [name, member] of shape.members) {
    if (!holdsPersonal(member)) plan.set(name, 'open');
    else if (member.kind === 'group' && !member.marks.personal) {
      const inner = planOf(member);
      if (inner.size > 0) plan.set(name, inner);
    }
  }
  return plan;
};

const takeOpen = (plan: Plan, data: JsonObject): JsonObject => {
  const open: JsonObject = {};
  for (const [name, place] of plan) {
    const value = data[name] as Json | undefined;
    if (value === undefined) continue;
    if (place === 'open' || !isObject(value)) open[name] = value;
    else open[name] = takeOpen(place, value);
  }
  return open;
};
