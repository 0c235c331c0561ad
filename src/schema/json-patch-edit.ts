import { Refusal } from '../errors.ts';
import { isObject, type Json, type JsonObject, member } from './json.ts';
import type { PatchOperation } from './json-patch-document.ts';

/**
 * Makes one edit on copies of the containers along the path; those of `owned` are copies already, and new ones are added
 * to it. Throws Refusal `patch-conflict`, at the operation, for an edit that does not fit the document.
 */
export function edit(document: Json, change: Edit, operation: PatchOperation, owned: Set<Json>): Json {
  const last = change.path.at(-1);
  if (last === undefined) {
    if (change.op !== 'remove') return change.value;
    return refuse(operation, 'root', 'The whole document cannot be removed.');
  }
  const result = ownCopy(document, operation, owned);
  let container = result;
  for (const segment of change.path.slice(0, -1)) {
    const inner = ownCopy(read(container, [segment], operation), operation, owned);
    // What was read has a well-formed place, which an array takes as text too.
    (container as JsonObject)[segment] = inner;
    container = inner;
  }
  if (Array.isArray(container)) editList(container, last, change, operation);
  else editObject(container, last, change, operation);
  return result;
}

/** The value at a path. Throws Refusal `patch-conflict`, at the operation, where there is none. */
export function read(document: Json, path: string[], operation: PatchOperation): Json {
  let value: Json | undefined = document;
  for (const segment of path) {
    if (Array.isArray(value)) value = isIndex(segment, value.length - 1) ? value[Number(segment)] : undefined;
    else value = isObject(value) ? member(value, segment) : undefined;
    if (value === undefined) return refuseMissing(operation);
  }
  return value;
}

/** Throws Refusal `patch-conflict` at the operation. */
export function refuse(operation: PatchOperation, rule: string, detail: string): never {
  throw new Refusal('patch-conflict', { faults: [{ pointer: operation.pointer, rule, detail }] });
}

type Edit = { op: 'add' | 'replace'; path: string[]; value: Json } | { op: 'remove'; path: string[] };

function ownCopy(container: Json, operation: PatchOperation, owned: Set<Json>): JsonObject | Json[] {
  if (typeof container !== 'object' || container === null) return refuseMissing(operation);
  if (owned.has(container)) return container;
  const copy = Array.isArray(container) ? [...container] : { ...container };
  owned.add(copy);
  return copy;
}

function editObject(object: JsonObject, name: string, change: Edit, operation: PatchOperation): void {
  if (change.op !== 'add') read(object, [name], operation);
  if (change.op === 'remove') delete object[name];
  else object[name] = change.value;
}

function editList(list: Json[], segment: string, change: Edit, operation: PatchOperation): void {
  if (change.op !== 'add') read(list, [segment], operation);
  else if (segment !== '-' && !isIndex(segment, list.length)) {
    refuse(operation, 'index', 'The index is outside of the array.');
  }
  const index = segment === '-' ? list.length : Number(segment);
  if (change.op === 'remove') list.splice(index, 1);
  else list.splice(index, change.op === 'add' ? 0 : 1, change.value);
}

function isIndex(segment: string, most: number): boolean {
  return /^(?:0|[1-9][0-9]*)$/.test(segment) && Number(segment) <= most;
}

function refuseMissing(operation: PatchOperation): never {
  return refuse(operation, 'missing', 'The place that the operation names does not exist.');
}
