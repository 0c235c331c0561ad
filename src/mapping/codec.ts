import type { Json } from '../schema/json.ts';
import type { Links } from './links.ts';

/**
 * A two-way translation of one value, never of null. Either way may throw a `CodecFault`: `read` for what the contract
 * must not say, `write` for what it cannot say, which is then shown as it is stored (a mask, say); where that is not rare
 * `write` gives it back itself, since a throw costs more than the rest of a document.
 */
export interface Codec {
  write(canonical: Json, links: Links): Json;
  read(wire: Json, links: Links): Json;
}

/** What is wrong with a value of the wire, without the value. `path` names a member where a rule has several. */
export class CodecFault extends Error {
  readonly rule: string;
  readonly path: string | undefined;

  constructor(rule: string, detail: string, path?: string) {
    // Nobody reads where it was thrown, and finding that out costs more than a whole mapping.
    const limit = Error.stackTraceLimit;
    Error.stackTraceLimit = 0;
    super(detail);
    Error.stackTraceLimit = limit;
    this.name = 'CodecFault';
    this.rule = rule;
    this.path = path;
  }
}
