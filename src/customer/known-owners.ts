import { type Known, ownerKey } from './known.ts';
import { missing } from './missing.ts';

/** Who holds a value that only one customer may have. Throws Missing. */
export const ownerOf = ({ owners, needs }: Known, field: string, token: Buffer): string | undefined => {
  const key = ownerKey(field, token);
  if (!owners.has(key)) missing(() => needs.owners.push({ field, token }));
  return owners.get(key);
};

/** Notes that a customer holds such a value from now on, or that nobody does. */
export const noteOwner = (
  { owners }: Known,
  field: string,
  token: Buffer,
  customerId: string | null,
): void => {
  owners.set(ownerKey(field, token), customerId ?? undefined);
};
