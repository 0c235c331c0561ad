import { type ErrorCode, type Fault, Refusal } from '../errors.ts';

/**
 * A refusal that names the members of a contract's own document. Faults that point into the record are translated and
 * marked; where the contract has no such member, the whole document is named. Faults that are marked already stay as
 * they are, as do those of headers, of parameters and of what was sent as a patch.
 */
export const withWirePointers = (
  refusal: Refusal,
  onWire: (pointer: string) => readonly string[],
): Refusal => {
  if (ofPatches.has(refusal.code) || refusal.faults.every(isNamed)) return refusal;
  return new Refusal(refusal.code, {
    ...(refusal.detail === undefined ? {} : { detail: refusal.detail }),
    faults: refusal.faults.flatMap((fault) => (isNamed(fault) ? fault : namedFaults(fault, onWire))),
    extra: refusal.extra,
    headers: refusal.headers,
    cause: refusal.cause,
  });
};

const namedFaults = (fault: Fault, onWire: (pointer: string) => readonly string[]): Fault[] => {
  const pointers = onWire(fault.pointer);
  return (pointers.length > 0 ? pointers : ['']).map((pointer) => ({ ...fault, pointer, wire: true }));
};

const isNamed = (fault: Fault): boolean => fault.wire === true || !fault.pointer.startsWith('/');

/** Refusals whose pointers name operations of the patch document. */
const ofPatches: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['invalid-patch', 'patch-conflict']);
