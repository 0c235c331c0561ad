import { type Fault, Refusal } from '../errors.ts';
import { bytesIn, countMembers, depthOf, placeTooDeep } from '../schema/extent.ts';
import type { Json, JsonObject } from '../schema/json.ts';
import { formatPointer } from '../schema/pointer.ts';
import type { Customer } from './customer.ts';
import { bytesOf } from './record.ts';
import { recordLimits } from './record-limits.ts';

/**
 * Judges how long, how full and how deep the record becomes. One that was over a limit before, since it was made when
 * there was none, may be changed as long as it does not grow. Throws Refusal `validation-failed` that names the member
 * by which it grew: rule `maxBytes`, `maxMembers` or `maxDepth`.
 */
export const checkSize = (before: Customer | undefined, after: Customer): void => {
  const one = (before?.data ?? {}) as JsonObject;
  const other = after.data as JsonObject;
  // The text is made anyway, and tells of nearly every record that its members need not be counted.
  const bytes = bytesOf(after).length;
  const faults = [
    ...tooDeep(one, other),
    ...(bytes > recordLimits.maxBytes && bytes > (before ? bytesOf(before).length : 0)
      ? [grown(one, other, bytesIn, 'maxBytes', `at most ${recordLimits.maxBytes} bytes`)]
      : []),
    ...(bytes > leastBytesOfFull && isFuller(one, other)
      ? [
          grown(
            one,
            other,
            countMembers,
            'maxMembers',
            `at most ${recordLimits.maxMembers} members and items`,
          ),
        ]
      : []),
  ];
  if (faults.length > 0) throw new Refusal('validation-failed', { faults });
};

/** Every member and item takes two bytes of the text at least: itself and what parts it from the next one. */
const leastBytesOfFull = 2 * recordLimits.maxMembers;

const isFuller = (before: JsonObject, after: JsonObject): boolean => {
  const members = countMembers(after);
  return members > recordLimits.maxMembers && members > countMembers(before);
};

const tooDeep = (before: JsonObject, after: JsonObject): Fault[] =>
  changedNames(before, after).flatMap((name) => {
    const value = after[name] as Json;
    const place = placeTooDeep(value, recordLimits.maxDepth, 1);
    if (!place || depthOf(value) <= depthOf(before[name])) return [];
    const detail = `must not be nested deeper than ${recordLimits.maxDepth} levels of the record`;
    return [{ pointer: formatPointer([name, ...place]), rule: 'maxDepth', detail }];
  });

/** The fault of the changed member that became larger by most. */
const grown = (
  before: JsonObject,
  after: JsonObject,
  sizeOf: (value: Json | undefined) => number,
  rule: string,
  limit: string,
): Fault => {
  const growth = (name: string) => sizeOf(after[name]) - sizeOf(before[name]);
  const [name = ''] = changedNames(before, after)
    .map((one) => [one, growth(one)] as const)
    .reduce((most, one) => (one[1] > most[1] ? one : most), ['', Number.NEGATIVE_INFINITY] as const);
  return { pointer: formatPointer([name]), rule, detail: `is too large: the record may have ${limit}` };
};

const changedNames = (before: JsonObject, after: JsonObject): string[] =>
  Object.keys(after).filter((name) => after[name] !== before[name]);
