import { Refusal } from '../errors.ts';
import { isObject, type Json, type JsonObject, member } from './json.ts';
import { formatPointer, parsePointer } from './pointer.ts';

/** One well-formed operation (RFC 6902 section 4) with its pointers read; `pointer` is its place in the patch. */
export type PatchOperation = { pointer: string; path: string[] } & (
  | { op: 'add' | 'replace'; value: Json }
  | { op: 'test'; value: Json }
  | { op: 'move' | 'copy'; from: string[] }
  | { op: 'remove' }
);

/**
 * Reads a JSON patch document (RFC 6902 section 3). Members that an operation does not define are ignored.
 * Throws `Refusal('invalid-patch')` with the pointer of the faulty member (`/3/path`): rule `type`, `required`,
 * `enum`, `pointer`, `memberName` (a path through `__proto__`), `maxDepth` or `maxOperations`.
 */
export function readPatch(patch: Json, limits: { maxOperations: number }): PatchOperation[] {
  if (!Array.isArray(patch)) return refuse('', 'type', 'A JSON patch is an array of operations.');
  if (patch.length > limits.maxOperations) {
    return refuse('', 'maxOperations', `The patch has more than ${limits.maxOperations} operations.`);
  }
  return patch.map((operation, index) => readOperation(operation, formatPointer([index])));
}

/** The most segments a pointer may have; without it a small patch could nest without bounds. */
const mostSegments = 100;

function readOperation(operation: Json, pointer: string): PatchOperation {
  if (!isObject(operation)) return refuse(pointer, 'type', 'An operation is an object.');
  const op = required(operation, 'op', pointer);
  switch (op) {
    case 'add':
    case 'replace':
    case 'test':
      return {
        pointer,
        op,
        path: readPath(operation, 'path', pointer),
        value: required(operation, 'value', pointer),
      };
    case 'move':
    case 'copy':
      return {
        pointer,
        op,
        path: readPath(operation, 'path', pointer),
        from: readPath(operation, 'from', pointer),
      };
    case 'remove':
      return { pointer, op, path: readPath(operation, 'path', pointer) };
    default:
      return refuse(
        `${pointer}/op`,
        'enum',
        'The operation is none of add, remove, replace, move, copy, test.',
      );
  }
}

function readPath(operation: JsonObject, name: 'path' | 'from', pointer: string): string[] {
  const at = `${pointer}/${name}`;
  const text = required(operation, name, pointer);
  if (typeof text !== 'string') return refuse(at, 'type', 'The member is a string.');
  const segments = parsePointer(text, at);
  if (segments.length > mostSegments)
    return refuse(at, 'maxDepth', `The pointer has more than ${mostSegments} segments.`);
  if (segments.includes('__proto__')) return refuse(at, 'memberName', 'A member cannot have this name.');
  return segments;
}

function required(operation: JsonObject, name: string, pointer: string): Json {
  const value = member(operation, name);
  return value === undefined
    ? refuse(`${pointer}/${name}`, 'required', 'The operation needs this member.')
    : value;
}

function refuse(pointer: string, rule: string, detail: string): never {
  throw new Refusal('invalid-patch', { faults: [{ pointer, rule, detail }] });
}
