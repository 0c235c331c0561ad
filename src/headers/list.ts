/**
 * Splits a header value at a separator that stands outside of quoted strings (RFC 9110 section 5.6.4). The
 * parts are trimmed and empty ones dropped (section 5.6.1.2); an open quote reaches to the end. Never throws.
 */
export function splitOutsideQuotes(value: string, separator: ',' | ';'): string[] {
  const parts: string[] = [];
  let start = 0;
  let quoted = false;
  for (let i = 0; i < value.length; i++) {
    const character = value[i];
    if (quoted && character === '\\') i++;
    else if (character === '"') quoted = !quoted;
    else if (!quoted && character === separator) {
      parts.push(value.slice(start, i));
      start = i + 1;
    }
  }
  parts.push(value.slice(start));
  return parts.map((part) => part.trim()).filter((part) => part !== '');
}

/**
 * Reads `name`, `name=word` or `name="quoted string"` with white space allowed around the equals sign; the
 * name in lower case, the value unquoted, undefined when there is none. Undefined when malformed.
 */
export function readPair(part: string): { name: string; value: string | undefined } | undefined {
  const equals = part.indexOf('=');
  const name = (equals < 0 ? part : part.slice(0, equals)).trim().toLowerCase();
  if (!isToken(name)) return undefined;
  if (equals < 0) return { name, value: undefined };
  const value = readWord(part.slice(equals + 1).trim());
  return value === undefined ? undefined : { name, value };
}

/** Whether a text is a token (RFC 9110 section 5.6.2). */
export function isToken(text: string): boolean {
  return /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(text);
}

function readWord(text: string): string | undefined {
  if (text === '' || isToken(text)) return text;
  const quoted = /^"((?:[\t\x20\x21\x23-\x5b\x5d-\x7e\x80-\xff]|\\[\t\x20-\x7e\x80-\xff])*)"$/.exec(
    text,
  )?.[1];
  return quoted?.replaceAll(/\\(.)/g, '$1');
}
