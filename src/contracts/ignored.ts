/**
 * Names as the value of `Customary-Ignored`. A name is the caller's own text: whatever a header field can't hold, and
 * the comma between names, is percent-encoded as UTF-8; the rest of a list that is too long is left out.
 */
export const ignoredHeader = (names: readonly string[]): string => {
  let text = '';
  for (const name of names) {
    const next = `${text === '' ? '' : `${text}, `}${escaped(name)}`;
    if (next.length > longest) return text === '' ? '...' : `${text}, ...`;
    text = next;
  }
  return text;
};

/** Far below what clients and proxies take as headers in all. */
const longest = 2000;

const escaped = (name: string): string =>
  name.replace(/[^\x21-\x7e]|[%,]/gu, (character) =>
    Buffer.from(character).toString('hex').toUpperCase().replace(/../g, '%$&'),
  );
