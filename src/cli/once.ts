import { v7 as uuidv7 } from 'uuid';

/** The header of a call that is made once, though the session of a command may be cut off and begin anew. */
export const once = (): Record<string, string> => ({ 'idempotency-key': `cli-${uuidv7()}` });
