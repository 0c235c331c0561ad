import { randomUUID } from 'node:crypto';

/**
 * Makes ids of version 7 (RFC 9562, section 5.7): 48 bits of time, a counter of 12 bits that keeps the ids of one
 * millisecond in the order of their making, and 62 random bits. The random part comes from Node's own pool of UUIDs,
 * which costs a tenth of asking the system for bytes.
 */
export const createNewId = (now: () => number = Date.now): (() => string) => {
  let lastMs = 0;
  let counter = 0;
  return () => {
    const ms = now();
    if (ms > lastMs) {
      lastMs = ms;
      counter = 0;
    } else if (counter === mostInMs) {
      lastMs += 1;
      counter = 0;
    } else {
      counter += 1;
    }
    const time = lastMs.toString(16).padStart(12, '0');
    const order = counter.toString(16).padStart(3, '0');
    return `${time.slice(0, 8)}-${time.slice(8)}-7${order}-${randomUUID().slice(19)}`;
  };
};

const mostInMs = 0xfff;
