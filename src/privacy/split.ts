import { isObject, type Json, type JsonObject } from '../schema/json.ts';
import { holdsPersonal, type Shape } from '../schema/shape.ts';

/** A record in two parts: what may lie open, and what is sealed. */
export interface Parts {
  open: JsonObject;
  personal: JsonObject;
}

/** Takes a record apart and joins it again, by the marks of its schema: `join(split(data))` equals `data`. */
export interface Splitter {
  split(data: JsonObject): Parts;
  join(parts: Parts): JsonObject;
}

/** Makes the splitter of a schema. A list that holds any personal member is personal as a whole. */
export const splitter = (shape: Shape): Splitter => {
  if (shape.kind !== 'group') throw new Error('Only an object can be split');
  const plan = planOf(shape);
  return { split: (data) => splitBy(plan, data), join: (parts) => joinBy(plan, parts.open, parts.personal) };
};

/** Where each member goes; a plan stands for a member whose own members go to both sides. */
type Plan = Map<string, 'open' | 'personal' | Plan>;

const planOf = (shape: Shape & { kind: 'group' }): Plan =>
  new Map([...shape.members].map(([name, member]) => [name, placeOf(member)]));

const placeOf = (member: Shape): 'open' | 'personal' | Plan => {
  if (!holdsPersonal(member)) return 'open';
  const mixed = member.kind === 'group' && !member.marks.personal && hasOpenPart(member);
  return mixed ? planOf(member) : 'personal';
};

const hasOpenPart = (shape: Shape & { kind: 'group' }): boolean =>
  [...shape.members.values()].some((member) => !holdsPersonal(member));

const splitBy = (plan: Plan, data: JsonObject): Parts => {
  const parts: Parts = { open: {}, personal: {} };
  for (const name of Object.keys(data)) {
    const value = data[name] as Json;
    const place = plan.get(name) ?? 'personal';
    if (place === 'open') parts.open[name] = value;
    else if (place === 'personal') parts.personal[name] = value;
    else if (!isObject(value)) parts.open[name] = value;
    else {
      const inner = splitBy(place, value);
      parts.open[name] = inner.open;
      if (Object.keys(inner.personal).length > 0) parts.personal[name] = inner.personal;
    }
  }
  return parts;
};

const joinBy = (plan: Plan, open: JsonObject, personal: JsonObject): JsonObject => {
  const data: JsonObject = {};
  for (const [name, place] of plan) {
    const openValue = open[name];
    const value = place === 'personal' ? personal[name] : openValue;
    if (value === undefined) continue;
    const inner = personal[name];
    data[name] =
      typeof place === 'object' && isObject(value)
        ? joinBy(place, value, isObject(inner) ? inner : {})
        : value;
  }
  return data;
};
