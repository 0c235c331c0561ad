import { createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';
import type { Tenant } from '../access/principal.ts';
import type { DataKey, HeldKey } from '../privacy/data-key.ts';
import { type SealPlace, sealContent, sealUnowned, unsealText } from '../privacy/seal.ts';
import { oncePer } from '../schema/once-per.ts';

/**
 * Seals what belongs to a command rather than to a record: under the customer's key, or, where no customer is there to
 * have one, under a key of the tenant. Only refusals meet that case, and they quote no value.
 */
export const sealBeside = (
  content: string | Buffer,
  key: DataKey | undefined,
  tenant: Tenant,
  place: SealPlace,
): Buffer =>
  key === undefined ? sealUnowned(content, tenantKeyOf(tenant), place) : sealContent(content, key, place);

/** Opens what `sealBeside` closed. */
export const unsealBeside = (sealed: Buffer, held: HeldKey, tenant: Tenant, place: SealPlace): string =>
  unsealText(sealed, held, place, tenantKeyOf(tenant));

const tenantKeyOf = ({ secret }: Tenant): KeyObject => derivedKey(secret);

/** A key of its own purpose (RFC 5869), derived once for as long as the tenant's secret is held. */
const derivedKey = oncePer((secret: Buffer) =>
  createSecretKey(Buffer.from(hkdfSync('sha256', secret, '', 'customary unowned values', 32))),
);
