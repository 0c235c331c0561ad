/** A UUID as it is written here and by PostgreSQL (RFC 9562 section 4): in lower case. */
export const uuidForm = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** A UUID in letters of any case, as it is taken as input. */
export const uuidInAnyCase = new RegExp(uuidForm, 'i');

/** The same UUID as it is written here; undefined for what is none. */
export const canonicalUuid = (text: string): string | undefined =>
  uuidInAnyCase.test(text) ? text.toLowerCase() : undefined;

/** The nil UUID (RFC 9562 section 5.9): nobody's id, and below all others. */
export const nilUuid = '00000000-0000-0000-0000-000000000000';

/** The 16 bytes of a UUID, in either case. Throws a TypeError for another text. */
export const uuidBytes = (uuid: string): Buffer => {
  if (!uuidInAnyCase.test(uuid)) throw new TypeError('The id is not a UUID');
  const bytes = Buffer.alloc(size);
  writeUuid(bytes, uuid, 0);
  return bytes;
};

/** The UUID of 16 bytes. */
export const uuidText = (bytes: Buffer): string => {
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
};

/**
 * Writes the 16 bytes of a UUID's text (RFC 9562 section 4) into a buffer from `at` on, and gives back how many they are.
 * A group writes dozens of ids; taking the dashes out of each text first costs several times as much.
 */
export const writeUuid = (into: Uint8Array, uuid: string, at: number): number => {
  const end = at + size;
  for (let from = 0, to = at; to < end; to++, from += 2) {
    if (uuid.charCodeAt(from) === dash) from++;
    into[to] = (nibble(uuid, from) << 4) | nibble(uuid, from + 1);
  }
  return size;
};

const size = 16;
const dash = 0x2d;

/** What a hexadecimal digit stands for; 0 for anything else. */
const nibble = (text: string, at: number): number => nibbles[text.charCodeAt(at)] ?? 0;

const nibbles = new Uint8Array(128);
for (let value = 0; value < 16; value++) {
  const digit = value.toString(16);
  nibbles[digit.charCodeAt(0)] = value;
  nibbles[digit.toUpperCase().charCodeAt(0)] = value;
}
