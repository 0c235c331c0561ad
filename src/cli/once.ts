import { v7 as uuidv7 } from 'uuid';

/**
 * The header of a call that is made once, though the session of a command may be cut off and begin anew; under a key of the
 * caller also where the command is given again.
 */
export const once = (key = `cli-${uuidv7()}`): Record<string, string> => ({ 'idempotency-key': key });
