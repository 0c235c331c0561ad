/** Thrown inside a decision when something has to be loaded first. */
export class Missing extends Error {}

/** Ends a decision for which something has to be loaded; `note` says what. Throws Missing. */
export const missing = (note: () => void): never => {
  note();
  throw new Missing();
};
