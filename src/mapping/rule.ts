import type { Json, JsonObject } from '../schema/json.ts';
import type { Codec } from './codec.ts';
import type { Links } from './links.ts';

/** One two-way rule between a contract's wire document and the record. The set of kinds is closed. */
export type Rule = FieldRule | ListRule | ConstantRule | EntriesRule | OwnRule | CustomRule;

/** A member of both sides, by dotted paths; without a codec the value is the same on both. */
export interface FieldRule {
  kind: 'field';
  wire: string;
  canonical: string;
  codec: Codec | undefined;
}

/** A list of the record, by dotted paths, and how its items are told. */
export interface ListRule extends ListOptions {
  kind: 'list';
  wire: string;
  canonical: string;
}

/** How the items of a list are told. */
interface ListOptions {
  /** Rules between a wire item and a canonical item; one onto `id` makes it the key by which items are matched. */
  rules: readonly Rule[];
  /** Which canonical items the contract can see; all others stay where they are. */
  only?: (item: JsonObject) => boolean;
  /** What a new item has before its members are read; `only` must be true of it. */
  defaults?: JsonObject;
  /** The wire has one object: the primary item of those that the contract can see, else the first. */
  single?: true;
}

/** A wire member that says `value`, whatever stands in the record. */
export interface ConstantRule {
  kind: 'constant';
  wire: string;
  value: Json;
}

/** A map of texts; `key` and `value` are the names that the members of a wire item have. */
export interface EntriesRule {
  kind: 'entries';
  wire: string;
  canonical: string;
  key: string;
  value: string;
}

/** A wire member of the contract's own; the record keeps it as the codec reads it, or as it was sent. */
export interface OwnRule {
  kind: 'own';
  wire: string;
  codec: Codec | undefined;
}

/** Values by the paths that a custom rule declares; one that is absent has no value. */
export type Values = { [path: string]: Json | undefined };

/** Two pure functions between declared members of both sides. */
interface CustomOptions {
  wire: readonly string[];
  canonical: readonly string[];
  /** Values of the declared wire paths. */
  write(record: JsonObject, links: Links): Values;
  /** Values of declared canonical paths: undefined removes, what is not named stays. May throw a CodecFault. */
  read(wire: Values, current: JsonObject, links: Links): Values;
}

/** Two functions; nothing but the declared paths of either side passes through them. */
export interface CustomRule extends CustomOptions {
  kind: 'custom';
}

/** A wire member that is a member of the record, by dotted paths; only shown where the wire schema says readOnly. */
export const field = (wire: string, canonical: string, codec?: Codec): FieldRule => ({
  kind: 'field',
  wire,
  canonical,
  codec,
});

/** Items of a list of the record, as an array or as one object. */
export const list = (wire: string, canonical: string, options: ListOptions): ListRule => ({
  kind: 'list',
  wire,
  canonical,
  ...options,
});

/** A wire member that always says the same, and is ignored when it comes back. */
export const constant = (wire: string, value: Json): ConstantRule => ({ kind: 'constant', wire, value });

/** A map of texts as an array of objects with a name and a value. */
export const entries = (
  wire: string,
  canonical: string,
  names: { key: string; value: string },
): EntriesRule => ({
  kind: 'entries',
  wire,
  canonical,
  ...names,
});

/** A wire member without a common meaning, kept under `extensions.<contract>` at the same path. */
export const own = (wire: string, codec?: Codec): OwnRule => ({ kind: 'own', wire, codec });

/** What no other kind can say. */
export const custom = (options: CustomOptions): CustomRule => ({ kind: 'custom', ...options });
