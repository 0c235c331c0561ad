import type { TSchema } from 'typebox';
import type { Rule } from './rule.ts';

/** What a mapping is made of. */
export interface MappingOptions {
  /** The contract's name, under which its own members are kept in `extensions`. */
  contract: string;
  /** The schema of the contract's document, in the field language; what it marks readOnly is shown and never read. */
  wire: TSchema;
  /** How a member without a value is written: as null, or left out. */
  absent: 'null' | 'omit';
  rules: readonly Rule[];
  /** The record's members that the service alone says; they are no part of what is read. */
  system: readonly string[];
  /** The dotted paths of the record, a group standing for all in it, that the contract cannot say. */
  omits: readonly string[];
}
