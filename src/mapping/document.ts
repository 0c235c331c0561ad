import type { TSchema } from 'typebox';
import type { Fault } from '../errors.ts';
import type { JsonObject } from '../schema/json.ts';
import type { Compiled, Reading, WireList } from './compiled.ts';
import { draftOf } from './draft.ts';
import { stripper } from './ignored-members.ts';
import { judge } from './judge.ts';
import type { Links } from './links.ts';

/** The document that rules make of a record. */
export const written = (rules: readonly Compiled[], record: JsonObject, links: Links): JsonObject => {
  const document: JsonObject = {};
  for (const rule of rules) rule.write(record, document, links);
  return document;
};

/**
 * Makes the reader of documents. It lays one over a record and gives the record that came out, the faults at wire
 * pointers, and the document without what is never read. Its last argument is what `written` gave of the record, where
 * the caller has it.
 */
export const documentReader = (wire: TSchema, rules: readonly Compiled[], lists: readonly WireList[]) => {
  const readers = rules.flatMap((rule) => (rule.read ? [rule.read] : []));
  const keys = new Set(lists.flatMap((list) => (list.key ? [`${list.wire}.${list.key.join('.')}`] : [])));
  const constants = rules.flatMap((rule) => rule.places.filter((place) => place.kind === 'constant'));
  const ignored = new Set(constants.map((place) => place.wire));
  // A key that only the service sets still tells which item is meant.
  const strip = stripper(wire, (path, readOnly) => ignored.has(path) || (readOnly && !keys.has(path)));
  const faultsOf = judge(wire, lists);
  return (sent: JsonObject, current: JsonObject | undefined, links: Links, known?: JsonObject) => {
    const document = strip(sent, '', new Set()) as JsonObject;
    const before = known ?? (current && written(rules, current, links));
    const faults: Fault[] = faultsOf(document, before);
    const draft = draftOf(current ?? {});
    const reading: Reading = { document, before: before ?? {}, draft, at: '', faults, links };
    // With so many faults there is no use in looking for more.
    if (faults.length < mostFaults) for (const read of readers) read(reading);
    return { known: document, record: draft.root, faults };
  };
};

/** As many faults as are told of one document. */
export const mostFaults = 50;
