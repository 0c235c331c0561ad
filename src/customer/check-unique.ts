import { Refusal } from '../errors.ts';
import type { Customer } from './customer.ts';
import type { Command } from './operation.ts';
import { uniqueTokens } from './unique-tokens.ts';
import type { World } from './world.ts';

/**
 * Judges the values that one customer of a tenant alone may hold. Throws Refusal `already-taken`, or Missing when their
 * owners have to be loaded first.
 */
export const checkUnique = (
  command: Command,
  before: Customer | undefined,
  after: Customer,
  world: World,
): void => {
  if (after.deletedAt) return;
  const held = before && !before.deletedAt ? before.data : {};
  const taken = uniqueTokens(command.context.tenant, after.id, after.data, held).filter(
    ({ field, token }) => {
      const owner = world.ownerOf(field, token);
      return owner !== undefined && owner !== after.id;
    },
  );
  if (taken.length === 0) return;
  const faults = taken.map(({ pointer }) => ({
    pointer,
    rule: 'unique',
    detail: 'is taken by another customer',
  }));
  throw new Refusal('already-taken', { faults });
};
