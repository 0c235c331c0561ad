import { maskedValue, maskText } from '../privacy/mask.ts';
import { type PersonalRights, sightOf } from '../privacy/sight.ts';
import type { Json } from '../schema/json.ts';
import { type Context, personalRights } from './context.ts';
import type { Customer } from './customer.ts';
import { declaredPath, isPersonalPath, shapeOfChange } from './history-entry.ts';

/** For whom a change is written down: the protection level of the record, and what the caller may see. */
interface Viewer {
  level: number;
  rights: PersonalRights;
}

/** The protection level that counts for changes of a customer: its own, or a higher one that guards this version. */
export const guardingLevel = ({ data, guardedAt }: Customer): number =>
  Math.max(data.protectionLevel, guardedAt ?? 0);

/** The caller as one to whom changes of a customer are shown. */
export const viewerOf = ({ principal }: Context, customer: Customer): Viewer => ({
  level: guardingLevel(customer),
  rights: personalRights(principal),
});

/**
 * The path of a change as a caller sees it. Where personal members are masked or hidden it ends with what the schema
 * declares, because a name that a client made up may be personal itself.
 */
export const seenPath = (path: string, { level, rights }: Viewer): string =>
  sightOf(level, rights) === 'show' || !isPersonalPath(path) ? path : declaredPath(path);

/**
 * One value of a change as a caller sees it: a member of this name, or none when it is absent or hidden. Of a member that
 * is masked as a whole nothing tells which part of it was there.
 */
export const seenValue = (
  name: string,
  path: string,
  value: Json | undefined,
  viewer: Viewer,
): Record<string, Json> => {
  const { level, rights } = viewer;
  const inside = seenPath(path, viewer) !== path && sightOf(level, rights) === 'mask';
  if (inside) return { [name]: maskText };
  const seen = value === undefined ? undefined : maskedValue(shapeOfChange(path), value, level, rights);
  return seen === undefined ? {} : { [name]: seen };
};
