/**
 * Writes the 16 bytes of a UUID's text (RFC 9562 section 4) into a buffer from `at` on, and gives back how many they are.
 * A group writes dozens of ids; taking the dashes out of each text first costs several times as much.
 */
export const writeUuid = (into: Uint8Array, uuid: string, at: number): number => {
  const end = at + uuidBytes;
  for (let from = 0, to = at; to < end; to++, from += 2) {
    if (uuid.charCodeAt(from) === dash) from++;
    into[to] = (nibble(uuid, from) << 4) | nibble(uuid, from + 1);
  }
  return uuidBytes;
};

const uuidBytes = 16;
const dash = 0x2d;

/** What a hexadecimal digit stands for; 0 for anything else. */
const nibble = (text: string, at: number): number => nibbles[text.charCodeAt(at)] ?? 0;

const nibbles = new Uint8Array(128);
for (let value = 0; value < 16; value++) {
  const digit = value.toString(16);
  nibbles[digit.charCodeAt(0)] = value;
  nibbles[digit.toUpperCase().charCodeAt(0)] = value;
}
