import { randomFillSync } from 'node:crypto';

/** Random bytes from the system's generator, fetched a page at a time: a call for twelve costs as much as one for all. */
export const randomPool = (length: number): Buffer => {
  if (next + length > pool.length) {
    randomFillSync(pool);
    next = 0;
  }
  const bytes = Buffer.from(pool.subarray(next, next + length));
  // What was given away must not be found here again, since it may become a key.
  pool.fill(0, next, next + length);
  next += length;
  return bytes;
};

const pool = Buffer.alloc(4096);
let next = pool.length;
