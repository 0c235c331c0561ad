import { Refusal } from '../errors.ts';
import { bytesIn, countMembers, placeTooDeep } from './extent.ts';
import { deepEqual, type Json, type JsonObject } from './json.ts';
import type { PatchOperation } from './json-patch-document.ts';
import { edit, read, refuse } from './json-patch-edit.ts';

/**
 * How much one patch may do while it is applied: `maxDepth` is how deep it may put an object or array, `maxBytes` how
 * much JSON text it may copy in all, `maxMembers` how many members and items it may copy, move and test in all.
 */
interface PatchLimits {
  maxDepth: number;
  maxBytes: number;
  maxMembers: number;
}

/**
 * The target with the operations of a JSON patch applied (RFC 6902, see `readPatch`), all or none. Changes neither
 * argument; what no operation touches stays the same reference. A container is copied once a patch, however often it is
 * changed, so that the time a patch takes is bounded by its own size, the target's and the limits.
 *
 * Throws `Refusal('patch-conflict')` with the pointer of the operation (`/3`) for one that does not fit the target:
 * rule `test`, `missing`, `index`, `ownChild` or `root`; and `Refusal('validation-failed')` with it for one that goes
 * over a limit: rule `maxDepth`, `maxBytes` or `maxMembers`. Values are never quoted.
 */
export function jsonPatch(target: Json, operations: readonly PatchOperation[], limits: PatchLimits): Json {
  const work: Work = { limits, bytes: 0, members: 0, owned: new Set() };
  return operations.reduce((document, operation) => apply(document, operation, work), target);
}

interface Work {
  limits: PatchLimits;
  /** What was copied so far. */
  bytes: number;
  /** What was copied, moved and tested so far. */
  members: number;
  /** Containers that this patch made and that stand in the document once: they are changed in place. */
  owned: Set<Json>;
}

function apply(document: Json, operation: PatchOperation, work: Work): Json {
  const { path } = operation;
  switch (operation.op) {
    case 'test': {
      const value = read(document, path, operation);
      weigh(value, path, operation, work);
      if (deepEqual(value, operation.value)) return document;
      return refuse(operation, 'test', 'The value is not the tested one.');
    }
    case 'copy': {
      const value = read(document, operation.from, operation);
      weigh(value, path, operation, work);
      work.bytes += bytesIn(value);
      if (work.bytes > work.limits.maxBytes) refuseLimit(operation, work, 'maxBytes');
      disown(value, work);
      return edit(document, { op: 'add', path, value }, operation, work.owned);
    }
    case 'move': {
      const { from } = operation;
      const value = read(document, from, operation);
      const isInside = from.every((segment, index) => segment === path[index]);
      if (isInside && from.length === path.length) return document;
      if (isInside) refuse(operation, 'ownChild', 'A value cannot be moved into itself.');
      weigh(value, path, operation, work);
      const without = edit(document, { op: 'remove', path: from }, operation, work.owned);
      return edit(without, { op: 'add', path, value }, operation, work.owned);
    }
    case 'remove':
      return edit(document, operation, operation, work.owned);
    default:
      weigh(operation.value, path, operation, work);
      return edit(document, operation, operation, work.owned);
  }
}

/** Counts a value that goes to, or is looked at in, a place. */
function weigh(value: Json, path: string[], operation: PatchOperation, work: Work): void {
  if (placeTooDeep(value, work.limits.maxDepth, path.length)) refuseLimit(operation, work, 'maxDepth');
  work.members += countMembers(value);
  if (work.members > work.limits.maxMembers) refuseLimit(operation, work, 'maxMembers');
}

/** What is in two places now is copied before it is changed in one of them. What is owned lies in owned containers. */
function disown(value: Json, work: Work): void {
  if (work.owned.delete(value)) for (const part of Object.values(value as JsonObject)) disown(part, work);
}

function refuseLimit(operation: PatchOperation, { limits }: Work, rule: keyof PatchLimits): never {
  const detail = {
    maxDepth: `The operation nests deeper than ${limits.maxDepth} levels.`,
    maxBytes: `The patch copies more than ${limits.maxBytes} bytes.`,
    maxMembers: `The patch copies, moves and tests more than ${limits.maxMembers} members and items.`,
  }[rule];
  const faults = [{ pointer: operation.pointer, rule, detail, wire: true as const }];
  throw new Refusal('validation-failed', { faults });
}
