import { readPair, splitOutsideQuotes } from './list.ts';

/** What a client would like, as far as the service can act on it. */
interface Preferences {
  /** Answer 202 at once and apply the change later. */
  respondAsync: boolean;
  /** What the answer to a change should hold. */
  return: 'minimal' | 'representation' | undefined;
}

/**
 * Reads all occurrences of `Prefer` (RFC 7240). Unknown and malformed preferences and all parameters are
 * ignored; of a preference that is given twice the first counts. Never throws.
 */
export function readPrefer(values: readonly string[]): Preferences {
  const given = new Map<string, string>();
  for (const preference of values.flatMap((value) => splitOutsideQuotes(value, ','))) {
    const [first = ''] = splitOutsideQuotes(preference, ';');
    const pair = readPair(first);
    // An empty value is the same as none (section 2), and ABNF literals ignore case.
    if (pair && !given.has(pair.name)) given.set(pair.name, (pair.value ?? '').toLowerCase());
  }
  const wanted = given.get('return');
  return {
    respondAsync: given.get('respond-async') === '',
    return: wanted === 'minimal' || wanted === 'representation' ? wanted : undefined,
  };
}
