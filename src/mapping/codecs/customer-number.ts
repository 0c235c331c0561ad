import { type Codec, CodecFault } from '../codec.ts';

/** A customer's id as its number, by the links of the caller. A customer that has no number there is not shown. */
export const customerNumber: Codec = {
  write: (canonical, links) => links.numberOf(String(canonical)),
  read(wire, links) {
    const id = typeof wire === 'number' ? links.idOf(wire) : null;
    if (id === null) throw new CodecFault('reference', 'names no customer');
    return id;
  },
};
