import { type Fault, Refusal } from '../errors.ts';

/**
 * Judges the percent-encoding of a URL's query, which a lenient reader would take for other text than was meant.
 * Throws Refusal `invalid-query` that names the parameter.
 */
export const checkQueryEncoding = (url: string): void => {
  const start = url.indexOf('?');
  if (start < 0 || !url.includes('%', start)) return;
  const wrong = url
    .slice(start + 1)
    .split('&')
    .find((pair) => decoded(pair) === undefined);
  if (wrong === undefined) return;
  const [name = ''] = wrong.split('=');
  throw encodingRefusal(decoded(name)?.slice(0, 100) ?? 'URL');
};

/** The refusal of a percent-encoding that is not that of UTF-8 text. */
export const encodingRefusal = (pointer: string): Refusal => {
  const fault: Fault = { pointer, rule: 'encoding', detail: 'must be percent-encoded UTF-8' };
  return new Refusal('invalid-query', { faults: [fault] });
};

const decoded = (text: string): string | undefined => {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
};
