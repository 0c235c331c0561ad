import type { TSchema } from 'typebox';
import { Refusal } from '../errors.ts';
import { type Json, type JsonObject, withoutMembers } from '../schema/json.ts';
import { parsePointer } from '../schema/pointer.ts';
import { compileRules } from './compile.ts';
import type { Place, Row } from './compiled.ts';
import { checkCoverage } from './coverage.ts';
import { documentReader, mostFaults, written } from './document.ts';
import { explained, leftOver, withFaults } from './explain.ts';
import { type Links, noLinks } from './links.ts';
import type { MappingOptions } from './mapping-options.ts';
import type { Path } from './path.ts';
import { wirePointer, wirePointersIn } from './wire-pointer.ts';

/** A contract's document and the record, each made of the other by the same rules. Pure. */
export interface Mapping {
  readonly contract: string;
  readonly wire: TSchema;
  readonly omits: readonly string[];
  /** The document that shows a record. */
  write(record: JsonObject, links?: Links): JsonObject;
  /**
   * The record with a whole document laid over it. Only what the document says otherwise than `write(current)` changes
   * anything; an absent member removes the record's, null makes it null. Without `current` a new record. `before` is
   * what `write(current)` gave, where the caller has it. Throws Refusal `validation-failed` with all faults, at wire
   * pointers.
   */
  read(document: JsonObject, current: JsonObject | undefined, links?: Links, before?: JsonObject): JsonObject;
  /**
   * The wire member of a member of the record, to name the vendor's member in a fault. With the record the item that a
   * list's segment names decides among several rules; without it the first rule answers. Undefined for what the
   * contract does not say.
   */
  wirePointer(canonicalPointer: string, record?: JsonObject): string | undefined;
  /**
   * The wire members of a member of the record. A group that no rule says as such came as a whole: it is named by what
   * the record has in it. Empty for what the contract does not say.
   */
  wirePointers(canonicalPointer: string, record?: JsonObject): string[];
  /** What a document makes of a new record, step by step. */
  explain(document: JsonObject, links?: Links): Row[];
  /** What a record makes of the document, step by step, and what the contract does not say. */
  explainRecord(record: JsonObject, links?: Links): Row[];
  /** Every pair of members that depend on each other, as dotted paths without the places of items. */
  places(): readonly Place[];
  /** What names the items of the wire list at a dotted path; undefined where nothing does. */
  keyOf(wirePath: string): Path | undefined;
  /** The dotted paths of the record that some rule says. */
  covers: readonly string[];
}

/** Makes the rules of a contract ready, once. Throws when a rule and the wire schema do not fit together. */
export const defineMapping = (options: MappingOptions): Mapping => {
  const { contract, wire, absent } = options;
  const system = new Set(options.system);
  const rules = compileRules(options.rules, { contract, absent, schema: wire, readOnly: false, list: '' });
  const places = rules.flatMap((rule) => rule.places);
  checkCoverage(options, places);
  const write = (record: JsonObject, links: Links = noLinks): JsonObject => written(rules, record, links);
  const lists = rules.flatMap((rule) => rule.lists ?? []);
  const keys = new Map(lists.map((list) => [list.wire, list.key]));
  const lay = documentReader(wire, rules, lists);
  return {
    contract,
    wire,
    omits: options.omits,
    write,
    read(document, current, links = noLinks, before = undefined) {
      const { record, faults } = lay(document, current, links, before);
      if (faults.length > 0) throw new Refusal('validation-failed', { faults: faults.slice(0, mostFaults) });
      return withoutMembers(record, system);
    },
    wirePointer: (pointer, record) => wirePointer(rules, pointer, record),
    wirePointers(pointer, record) {
      const said = wirePointer(rules, pointer, record);
      return said === undefined ? wirePointersIn(rules, parsePointer(pointer), record ?? {}) : [said];
    },
    explain(document, links = noLinks) {
      const { known, record, faults } = lay(document, undefined, links);
      return withFaults(explained(rules, document, record), document, known, faults);
    },
    explainRecord(record, links = noLinks) {
      const rows = explained(rules, write(record, links), record);
      const unsaid = (canonical: string, canonicalValue: Json): Row => ({
        canonical,
        canonicalValue,
        note: 'not said by the contract',
      });
      return [...rows, ...leftOver(record, new Set(rows.map((row) => row.canonical)), unsaid)];
    },
    places: () => places,
    keyOf: (wirePath) => keys.get(wirePath),
    covers: [...new Set(places.flatMap(({ canonical }) => (canonical === undefined ? [] : [canonical])))],
  };
};
