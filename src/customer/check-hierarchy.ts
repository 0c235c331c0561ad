import { Refusal } from '../errors.ts';
import type { Customer } from './customer.ts';
import type { Command } from './operation.ts';
import type { World } from './world.ts';

/**
 * Judges the place below a parent, and that nobody loses the customer above it. Whatever moves joins the tenant's structure.
 * Throws Refusal `validation-failed` and `has-sub-customers`, or Missing when relatives have to be loaded first.
 */
export const checkHierarchy = (
  command: Command,
  before: Customer | undefined,
  after: Customer,
  world: World,
): void => {
  const root = command.context.principal.customerId;
  const parentId = after.data.parentId ?? null;
  if (after.deletedAt) {
    world.joinStructure();
    if (world.hasSubCustomers(after.id)) throw new Refusal('has-sub-customers');
    return;
  }
  const refuse = (rule: string, detail: string, pointer = '/parentId') =>
    new Refusal('validation-failed', { faults: [{ pointer, rule, detail }] });
  if (before && isParent(before) && !isParent(after)) {
    world.joinStructure();
    const detail = 'must not be false while it has sub-customers';
    if (world.hasSubCustomers(after.id)) throw refuse('subCustomers', detail, '/delegation/isParent');
  }
  const moved = !before || (before.data.parentId ?? null) !== parentId;
  if (!moved && before.deletedAt === null) return;
  world.joinStructure();
  // Whoever comes back to its place leaves nobody's sight.
  if (root !== null && moved) {
    const within = parentId !== null && (parentId === root || world.ancestorIds(parentId).includes(root));
    if (!within || after.id === root) throw refuse('exists', 'must be a customer that the key sees');
  }
  if (parentId === null) return;
  if (parentId === after.id) throw refuse('cycle', 'must not be the customer itself');
  const parent = world.customerOrLoad(parentId);
  if (!parent || parent.deletedAt) throw refuse('exists', 'must be an existing customer');
  if (world.ancestorIds(parentId).includes(after.id))
    throw refuse('cycle', 'must not be one of its own sub-customers');
};

/** Whether a customer may have sub-customers: one may unless its record says no. */
const isParent = ({ data }: Customer): boolean => data.delegation?.isParent !== false;
