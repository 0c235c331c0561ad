import type { Command } from './operation.ts';
import type { World } from './world.ts';

/** Whether the caller's key sees the customer: a bound key sees its own customer and the descendants. */
export const isVisible = (command: Command, customerId: string, world: World): boolean => {
  const root = command.context.principal.customerId;
  return root === null || root === customerId || world.ancestorIds(customerId).includes(root);
};
