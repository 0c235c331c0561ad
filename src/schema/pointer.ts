import { Refusal } from '../errors.ts';

/** Writes reference tokens as a JSON pointer (RFC 6901 section 3); no segments name the whole document. */
export function formatPointer(segments: readonly (string | number)[]): string {
  let pointer = '';
  for (const segment of segments) pointer += `/${escapeSegment(String(segment))}`;
  return pointer;
}

/**
 * Reads a JSON pointer into its unescaped reference tokens (RFC 6901 sections 3 and 4).
 * `at` is the pointer of the patch member that holds the text, and becomes the pointer of the fault.
 * Throws `Refusal('invalid-patch')` when the text is not a pointer.
 */
export function parsePointer(text: string, at = ''): string[] {
  if (text === '') return [];
  if (!text.startsWith('/') || /~(?![01])/.test(text)) {
    const detail = 'The value is not a JSON pointer (RFC 6901).';
    throw new Refusal('invalid-patch', { faults: [{ pointer: at, rule: 'pointer', detail }] });
  }
  const segments = text.slice(1).split('/');
  return text.includes('~') ? segments.map(unescapeSegment) : segments;
}

/** Escapes one reference token: `~` becomes `~0` and `/` becomes `~1`. */
export function escapeSegment(segment: string): string {
  if (!segment.includes('~') && !segment.includes('/')) return segment;
  return segment.replaceAll('~', '~0').replaceAll('/', '~1');
}

function unescapeSegment(segment: string): string {
  return segment.replaceAll('~1', '/').replaceAll('~0', '~');
}
