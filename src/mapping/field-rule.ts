import { deepEqual, type Json } from '../schema/json.ts';
import { type Codec, CodecFault } from './codec.ts';
import { type Compiled, isTouched, noting, pointerOf, type Scope } from './compiled.ts';
import { setAt } from './draft.ts';
import type { Links } from './links.ts';
import { isNothing, type Path, parsePath, putAt, valueAt } from './path.ts';
import type { FieldRule, OwnRule } from './rule.ts';
import { wireMember } from './wire-member.ts';

/** Makes a field, or a member that a contract has for itself, ready. */
export const compileField = (rule: FieldRule | OwnRule, scope: Scope): Compiled => {
  const wire = parsePath(rule.wire);
  const kept = rule.kind === 'own' ? `extensions.${scope.contract}.${rule.wire}` : rule.canonical;
  const canonical = parsePath(kept);
  const { codec } = rule;
  const { readOnly } = wireMember(scope, wire);
  const pointer = pointerOf(wire);
  const compiled: Compiled = {
    places: [{ wire: rule.wire, canonical: kept, kind: rule.kind, readOnly }],
    write(record, document, links) {
      const value = said(valueAt(record, canonical), codec, links);
      if (!isNothing(value)) putAt(document, wire, value);
      else if (scope.absent === 'null') putAt(document, wire, null);
    },
    pointerOf: (segments) =>
      startsWith(segments, canonical)
        ? pointer + (codec ? '' : pointerOf(segments.slice(canonical.length)))
        : undefined,
    rows({ document, record, at, canonicalAt }) {
      const [wireValue, canonicalValue] = [valueAt(document, wire), valueAt(record, canonical)];
      if (wireValue === undefined && canonicalValue === undefined) return [];
      const note = readOnly
        ? 'set by the service alone'
        : rule.kind === 'own'
          ? 'kept for this contract alone'
          : undefined;
      return [
        {
          wire: at + pointer,
          canonical: canonicalAt + pointerOf(canonical),
          ...(wireValue === undefined ? {} : { wireValue }),
          ...(canonicalValue === undefined ? {} : { canonicalValue }),
          ...(note === undefined ? {} : { note }),
        },
      ];
    },
  };
  if (readOnly) return compiled;
  compiled.read = (reading) => {
    const value = valueAt(reading.document, wire);
    const before = valueAt(reading.before, wire);
    if (isNothing(value) ? isNothing(before) : deepEqual(value, before)) return;
    if (reading.faults.length > 0 && isTouched(reading.faults, reading.at + pointer)) return;
    noting(reading, wire, () => {
      const read = isNothing(value) || !codec ? value : codec.read(value, reading.links);
      setAt(reading.draft, canonical, read);
    });
  };
  return compiled;
};

/** What the wire says of a value; a value that the codec cannot say is shown as it is. */
const said = (value: Json | undefined, codec: Codec | undefined, links: Links): Json | undefined => {
  if (!codec || isNothing(value)) return value;
  try {
    return codec.write(value, links);
  } catch (error) {
    if (error instanceof CodecFault) return value;
    throw error;
  }
};

const startsWith = (segments: Path, start: Path): boolean =>
  start.every((name, index) => segments[index] === name);
