import { Refusal } from '../errors.ts';

/**
 * Judges a `Content-Encoding` (RFC 9110 section 8.4): bodies are taken as they are. Throws Refusal
 * `unsupported-media-type` for any other coding, which says so as section 15.5.16 asks for.
 */
export const checkContentEncoding = (value: string | undefined): void => {
  if (value === undefined || /^\s*(identity\s*)?$/i.test(value)) return;
  const detail = 'The Content-Encoding must be identity.';
  throw new Refusal('unsupported-media-type', {
    detail,
    faults: [{ pointer: 'Content-Encoding', rule: 'encoding', detail }],
    headers: { 'accept-encoding': 'identity' },
  });
};
