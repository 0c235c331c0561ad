/** The settings of the key under which all tests seal, so that none leaves a key file behind in the checkout. */
export const sourceKey: Record<string, string> = { SOURCE_KEY: Buffer.alloc(32, 7).toString('base64') };
