import { applyPatch } from 'rfc6902';
import { Refusal } from '../errors.ts';
import { deepEqual, isObject, type Json, type JsonObject, member } from './json.ts';
import { type PatchOperation, readPatch } from './json-patch-document.ts';
import { formatPointer } from './pointer.ts';

/**
 * The target with a JSON patch applied (RFC 6902), all operations or none. Changes neither argument; what no
 * operation touches stays the same reference. The result is not bounded in depth beyond the length of a pointer
 * plus what the patch and the target bring along.
 *
 * Throws `Refusal('invalid-patch')` for a malformed patch document, see `readPatch`, and
 * `Refusal('patch-conflict')` with the pointer of the operation (`/3`) for one that does not fit the target:
 * rule `test`, `missing`, `index`, `ownChild`, `root` or `maxMembers`. Values are never quoted.
 */
export function jsonPatch(target: Json, patch: Json, limits: { maxOperations: number }): Json {
  const room = { members: mostCopiedMembers };
  return readPatch(patch, limits).reduce((document, operation) => apply(document, operation, room), target);
}

/** Copies may double the document with every operation, so all of a patch share this much room. */
const mostCopiedMembers = 10_000;

function apply(document: Json, operation: PatchOperation, room: { members: number }): Json {
  const { path } = operation;
  switch (operation.op) {
    case 'test':
      if (deepEqual(read(document, path, operation), operation.value)) return document;
      return refuse(operation, 'test', 'The value is not the tested one.');
    case 'copy': {
      const value = read(document, operation.from, operation);
      room.members -= countMembers(value);
      if (room.members < 0) refuse(operation, 'maxMembers', 'The patch copies too much.');
      return edit(document, operation, { op: 'add', path, value });
    }
    case 'move': {
      const { from } = operation;
      const value = read(document, from, operation);
      const isInside = from.every((segment, index) => segment === path[index]);
      if (isInside && from.length === path.length) return document;
      if (isInside) refuse(operation, 'ownChild', 'A value cannot be moved into itself.');
      const without = edit(document, operation, { op: 'remove', path: from });
      return edit(without, operation, { op: 'add', path, value });
    }
    default:
      return edit(document, operation, operation);
  }
}

type Edit = { op: 'add' | 'replace'; path: string[]; value: Json } | { op: 'remove'; path: string[] };

function edit(document: Json, operation: PatchOperation, change: Edit): Json {
  const holder = { document };
  const next = editInside(holder, { ...change, path: ['document', ...change.path] }, operation);
  const result = member(next as JsonObject, 'document');
  return result === undefined ? refuse(operation, 'root', 'The whole document cannot be removed.') : result;
}

/**
 * Copies the containers along the path and lets the library edit the last copy. It never walks a path itself:
 * it edits in place, reads inherited members and array members like `length`, and accepts some bad indices.
 */
function editInside(container: Json, change: Edit, operation: PatchOperation): Json {
  const [segment = '', ...rest] = change.path;
  if (typeof container !== 'object' || container === null) return refuseMissing(operation);
  const copy = Array.isArray(container) ? [...container] : { ...container };
  if (rest.length > 0) {
    const inner = editInside(read(container, [segment], operation), { ...change, path: rest }, operation);
    return Object.assign(copy, { [segment]: inner });
  }
  if (change.op !== 'add') read(container, [segment], operation);
  else if (Array.isArray(container) && segment !== '-' && !isIndex(segment, container.length)) {
    refuse(operation, 'index', 'The index is outside of the array.');
  }
  const [error] = applyPatch(copy, [{ ...change, path: formatPointer([segment]) }]);
  return error ? refuseMissing(operation) : copy;
}

function read(document: Json, path: string[], operation: PatchOperation): Json {
  let value: Json | undefined = document;
  for (const segment of path) {
    if (Array.isArray(value)) value = isIndex(segment, value.length - 1) ? value[Number(segment)] : undefined;
    else value = isObject(value) ? member(value, segment) : undefined;
    if (value === undefined) return refuseMissing(operation);
  }
  return value;
}

function isIndex(segment: string, most: number): boolean {
  return /^(?:0|[1-9][0-9]*)$/.test(segment) && Number(segment) <= most;
}

function countMembers(value: Json): number {
  if (typeof value !== 'object' || value === null) return 1;
  return Object.values(value).reduce<number>((sum, part) => sum + countMembers(part), 1);
}

function refuseMissing(operation: PatchOperation): never {
  return refuse(operation, 'missing', 'The place that the operation names does not exist.');
}

function refuse(operation: PatchOperation, rule: string, detail: string): never {
  throw new Refusal('patch-conflict', { faults: [{ pointer: operation.pointer, rule, detail }] });
}
