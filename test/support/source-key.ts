import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * The settings of the key under which all tests seal, and of the ledger of what they erase, so that none leaves a file
 * behind in the checkout.
 */
export const sourceKey: Record<string, string> = {
  SOURCE_KEY: Buffer.alloc(32, 7).toString('base64'),
  ERASURE_LEDGER: join(tmpdir(), 'customary-test-erasures.ledger'),
};
