import type { Json } from '../../src/schema/json.ts';

/** Freezes a value and all that is in it, so that whoever changes it throws. */
export const deepFreeze = <T extends Json>(value: T): T => {
  if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(deepFreeze);
  return value;
};
