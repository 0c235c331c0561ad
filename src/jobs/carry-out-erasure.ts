import { createHash } from 'node:crypto';
import type { Tenant } from '../access/principal.ts';
import type { ErasureFacts, ErasureWork } from '../customer/erasure-work.ts';
import type { LedgerEntry } from '../privacy/erasure-ledger.ts';
import type { JsonObject } from '../schema/json.ts';

/** The `typ` of a certificate. */
export const certificateType = 'erasure-certificate+jws';

/** What carrying out an erasure works with. */
export interface ErasureTools {
  work: ErasureWork;
  sign(tenantId: string, payload: JsonObject, type: string): Promise<string>;
  /** Adds an entry to the erasure ledger; resolves when it is on the disk. */
  enter(entry: LedgerEntry): Promise<void>;
  /** Makes a sub-customer of an erased customer a root. */
  freeSubCustomer(tenant: Tenant, customerId: string): Promise<void>;
  newId(): string;
}

/**
 * Carries out one erasure that is due (GDPR Art. 17), or completes it where a process died: the customer is taken out of
 * use, the certificate kept, the ledger written, and then the key destroyed. So a restore knows of every key that is gone,
 * and there is one certificate however often this is called. What a restore left below the customer becomes a root first. False when there was nothing to do.
 */
export const carryOutErasure = async (
  { work, sign, enter, freeSubCustomer, newId }: ErasureTools,
  tenant: Tenant,
  erasureId: string,
): Promise<boolean> => {
  const facts = await work.begin(tenant, erasureId);
  if (!facts) return false;
  for (const id of await work.subCustomers(tenant.id, facts.customerId)) await freeSubCustomer(tenant, id);
  const signed = await sign(tenant.id, certificateOf(tenant, facts), certificateType);
  const certificate = await work.keepCertificate(tenant.id, erasureId, signed);
  await enter({
    tenantId: tenant.id,
    customerId: facts.customerId,
    number: facts.number,
    erasedAt: facts.erasedAt.toISOString(),
    certificate: createHash('sha256').update(certificate).digest('hex'),
  });
  await work.complete(tenant.id, erasureId, newId());
  return true;
};

/** What the certificate says: what was destroyed and who is told, and no personal value. */
const certificateOf = (tenant: Tenant, facts: ErasureFacts): JsonObject => ({
  erasureId: facts.erasureId,
  tenant: tenant.name,
  customerId: facts.customerId,
  number: facts.number,
  requestedAt: facts.requestedAt?.toISOString() ?? null,
  erasedAt: facts.erasedAt.toISOString(),
  windowWaived: facts.windowWaived,
  destroyed: { dataKeys: 1, ...facts.evidence.destroyed },
  unreadable: ['record', 'history', 'kept replies', 'accepted requests', 'reasons', 'backups'],
  recipients: facts.evidence.recipients.map((one) => ({ ...one })),
});
