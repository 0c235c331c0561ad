import type { Json } from '../schema/json.ts';

/** What a sealed value belongs to; a value sealed for one place can't be opened in another. */
export interface SealPlace {
  tenantId: string;
  customerId: string;
  version: number;
}

/**
 * Closes a value for storage. Every personal value that reaches the database passes here, and `unseal` is its only
 * way back; format 0 is the plain form.
 */
export const seal = (value: Json, _place: SealPlace): Buffer => sealText(JSON.stringify(value), _place);

/** The same for a text that is JSON already. */
export const sealText = (text: string, _place: SealPlace): Buffer => {
  const sealed = Buffer.allocUnsafe(1 + Buffer.byteLength(text));
  sealed[0] = plainFormat;
  sealed.write(text, 1, 'utf8');
  return sealed;
};

/** Opens what `seal` closed. Throws when the form is unknown. */
export const unseal = (sealed: Buffer, place: SealPlace): Json =>
  JSON.parse(unsealText(sealed, place)) as Json;

/** Opens what `sealText` closed. */
export const unsealText = (sealed: Buffer, _place: SealPlace): string => {
  if (sealed[0] !== plainFormat) throw new Error(`Unknown seal format ${sealed[0]}`);
  return sealed.toString('utf8', 1);
};

const plainFormat = 0;
