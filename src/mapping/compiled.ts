import type { TSchema } from 'typebox';
import type { Fault } from '../errors.ts';
import type { Json, JsonObject } from '../schema/json.ts';
import { escapeSegment } from '../schema/pointer.ts';
import { CodecFault } from './codec.ts';
import type { Draft } from './draft.ts';
import type { Links } from './links.ts';
import type { Path } from './path.ts';
import type { Rule } from './rule.ts';

/** A rule made ready: its paths are split and its place in the wire schema is known. */
export interface Compiled {
  /** Puts what the rule says of a record, or of an item, into the wire document. */
  write(canonical: JsonObject, wire: JsonObject, links: Links): void;
  /** Lays what the wire document says otherwise than before over the draft. Absent where the rule only shows. */
  read?: (reading: Reading) => void;
  /** Every pair of a wire member and a member of the record that depend on each other. */
  places: readonly Place[];
  /** The pointer of the wire member that says a member of the record; undefined where the rule does not. */
  pointerOf(segments: Path, canonical: JsonObject | undefined): string | undefined;
  /** What the rule makes of a document and a record that say the same. */
  rows(sides: Sides): Row[];
  /** Where the rule's list stands on the wire, those within it included: by it items are matched. */
  lists?: readonly WireList[];
}

/** A place on both sides, as dotted paths without the places of items. */
export interface Place {
  wire: string;
  canonical: string | undefined;
  kind: Rule['kind'];
  readOnly: boolean;
}

/** One step of an explanation: what stands where on either side, as JSON pointers. */
export interface Row {
  wire?: string;
  wireValue?: Json;
  canonical?: string;
  canonicalValue?: Json;
  note?: string;
}

/** A document and a record with the pointers at which both stand. */
export interface Sides {
  document: JsonObject;
  record: JsonObject;
  at: string;
  canonicalAt: string;
}

/** A list of the wire, with the path of the member that names its items. */
export interface WireList {
  wire: string;
  key: Path | undefined;
}

/** A document in being read: what it says, what the record would have said, and what is made of it. */
export interface Reading {
  document: JsonObject;
  before: JsonObject;
  draft: Draft;
  /** The wire pointer of the document or item. */
  at: string;
  faults: Fault[];
  links: Links;
}

/** Where the rules of a list or of a whole document stand. */
export interface Scope {
  contract: string;
  absent: 'null' | 'omit';
  schema: TSchema;
  readOnly: boolean;
  /** The dotted wire path of the list whose items these are; empty for the document. */
  list: string;
}

/** The JSON pointer of a path. */
export const pointerOf = (path: Path): string => path.map((name) => `/${escapeSegment(name)}`).join('');

/** Whether a wire member, or something around it, was refused already; then there is nothing to read. */
export const isRefused = (faults: readonly Fault[], pointer: string): boolean =>
  faults.some((fault) => fault.pointer === '' || isWithin(pointer, fault.pointer));

/** Whether a wire member, something around it or something in it was refused already. */
export const isTouched = (faults: readonly Fault[], pointer: string): boolean =>
  isRefused(faults, pointer) || faults.some((fault) => isWithin(fault.pointer, pointer));

const isWithin = (pointer: string, outer: string): boolean =>
  pointer === outer || pointer.startsWith(`${outer}/`);

/** Reads, and notes a CodecFault at its wire pointer; throws whatever else. */
export const noting = (reading: Reading, path: Path, read: () => void): void => {
  try {
    read();
  } catch (error) {
    if (!(error instanceof CodecFault)) throw error;
    const place = error.path === undefined ? path : error.path.split('.');
    reading.faults.push({
      pointer: reading.at + pointerOf(place),
      rule: error.rule,
      detail: error.message,
      wire: true,
    });
  }
};

/** What a list does with its items. */
export interface ItemRules {
  /** The wire path of what names an item, where a rule says the item's id. */
  key: Path | undefined;
  /** The members that make no item by themselves. */
  bareNames: ReadonlySet<string>;
  places: readonly Place[];
  lists: readonly WireList[];
  sees(item: Json): item is JsonObject;
  write(item: JsonObject, links: Links): JsonObject;
  /** An item with what the wire says laid over it, the same object when that is nothing; a new one of undefined. */
  read(item: JsonObject | undefined, reading: Reading): JsonObject;
  pointerOf(segments: Path, record: JsonObject | undefined, wire: Path, canonical: Path): string | undefined;
  rows(sides: Sides, wire: Path, canonical: Path): Row[];
}
