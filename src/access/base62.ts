const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/**
 * How many characters hold any value of so many bytes; texts always have this width, with leading zeros.
 * Eight bits take 8 / log2(62) = 1.34… characters.
 */
export function base62Length(byteLength: number): number {
  return Math.ceil((byteLength * 8) / Math.log2(62));
}

/** Writes bytes, read as one big-endian number, as base62 (0-9A-Za-z) of the fixed width `base62Length`. */
export function encodeBase62(bytes: Uint8Array): string {
  let rest = BigInt(`0x0${Buffer.from(bytes).toString('hex')}`);
  let text = '';
  for (let left = base62Length(bytes.length); left > 0; left--) {
    text = alphabet.charAt(Number(rest % 62n)) + text;
    rest /= 62n;
  }
  return text;
}

/**
 * Reads what `encodeBase62` wrote for so many bytes. Undefined for anything else: another width, another
 * character, or a number too big for the bytes, so that every value has exactly one text.
 */
export function decodeBase62(text: string, byteLength: number): Buffer | undefined {
  if (text.length !== base62Length(byteLength) || !/^[0-9A-Za-z]*$/.test(text)) return undefined;
  let value = 0n;
  for (let start = 0; start < text.length; start += chunkLength) {
    const chunk = text.slice(start, start + chunkLength);
    value = value * 62n ** BigInt(chunk.length) + BigInt(chunkValue(chunk));
  }
  const hex = value.toString(16).padStart(byteLength * 2, '0');
  return hex.length > byteLength * 2 ? undefined : Buffer.from(hex, 'hex');
}

// Eight digits stay below 2^53, so plain numbers do most of the work: keys are read on every request.
const chunkLength = 8;

function chunkValue(chunk: string): number {
  let value = 0;
  for (let i = 0; i < chunk.length; i++) value = value * 62 + digit(chunk.charCodeAt(i));
  return value;
}

function digit(code: number): number {
  if (code <= 57) return code - 48;
  return code <= 90 ? code - 55 : code - 61;
}
