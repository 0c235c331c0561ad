import type { Customer } from './customer.ts';
import { mergeStale } from './merge-stale.ts';
import type { Command, Next } from './operation.ts';
import { staleRefusal } from './stale-refusal.ts';
import type { World } from './world.ts';

/**
 * Runs the operation on the version that the caller knows, and merges when that is not the newest and may be. Pure.
 * Throws Refusal `precondition-failed` and `merge-conflict`, what the operation throws, and Missing.
 */
export const atVersion = (command: Command, current: Customer | undefined, world: World): Next => {
  const { precondition, operation, input, context } = command;
  if (isUnwanted(command, current)) throw staleRefusal(current);
  if (precondition.kind === 'none' || (precondition.kind === 'any' && current)) {
    return operation.decide(current, input, context, world);
  }
  const versions = precondition.kind === 'versions' ? precondition.versions : [];
  if (current && versions.includes(current.version)) return operation.decide(current, input, context, world);
  const known = versions[0];
  const mergeable =
    command.mergeStale && current && !current.deletedAt && known !== undefined && versions.length === 1;
  if (!mergeable || known >= current.version || current.version - known > mostStaleVersions) {
    throw staleRefusal(current);
  }
  return mergeStale(command, current, known, world);
};

/** Whether the customer is, or has a version, that the change must not meet (RFC 9110 section 13.1.2). */
const isUnwanted = ({ unless }: Command, current: Customer | undefined): boolean =>
  unless !== undefined &&
  current !== undefined &&
  current.deletedAt === null &&
  (unless.kind === 'any' || (unless.kind === 'versions' && unless.versions.includes(current.version)));

const mostStaleVersions = 1000;
