import type pg from 'pg';
import type { ChainFinding } from '../customer/chain-finding.ts';
import { signingKeyFrom } from '../privacy/signing-key.ts';
import type { TenantKeys } from '../privacy/tenant-keys.ts';
import type { Database } from './database.ts';
import { newestColumn, newestNoted } from './newest-checkpoint.ts';
import { numberBeforeFirst } from './tenants.ts';
import { verifyChains } from './verify-chains.ts';
import { type Anchor, type CheckpointReport, verifyCheckpoints } from './verify-checkpoints.ts';

/**
 * Judges the history of a tenant as it is at one moment: the chain of each customer, its newest hash, the numbers, and the
 * checkpoints. It streams, so that memory does not grow with the history, and holds up nobody who changes customers
 * meanwhile. It needs no customer's key, and is the same before and after erasures.
 */
export const verifyHistory = (
  database: Database,
  tenantId: string,
  options: VerifyOptions = {},
): Promise<Verification> =>
  database.keyring.with(tenantId, (keys) =>
    database.readSnapshot(tenantId, (client) => verifyWith(client, tenantId, keys, options)),
  );

/** What was looked at, and what was found. */
export interface Verification extends CheckpointReport {
  /** Whether the tenant's keys say that all of it is sealed and chained; else `customary keys seal` makes them say so. */
  whole: boolean;
  customers: number;
  entries: number;
  /** How many entries were recorded before there were chains, and are not proven. */
  unproven: number;
  /** The first of the findings, and how many there are. */
  findings: ChainFinding[];
  found: number;
}

/** What to look at: all of a tenant, or one customer; and checkpoints that were noted elsewhere. */
interface VerifyOptions {
  customerId?: string;
  anchors?: Anchor[];
  /** Judge a tenant of before as if its keys said already that it is whole. */
  asWhole?: boolean;
}

const verifyWith = async (
  client: pg.Client,
  tenantId: string,
  keys: TenantKeys,
  { customerId, anchors = [], asWhole = false }: VerifyOptions,
): Promise<Verification> => {
  const findings: ChainFinding[] = [];
  let found = 0;
  const report = (finding: ChainFinding) => {
    found += 1;
    if (findings.length < mostFindings) findings.push(finding);
  };
  await client.query(rangePlans);
  const { lastNumber, checkpoints, sealedOnly, noted } = await readState(client, tenantId);
  const newest = newestNoted(keys, noted);
  const { publicJwk } = await signingKeyFrom(keys.ownSecret('signing'));
  const whole = keys.whole || asWhole;
  if (whole && !sealedOnly) report({ rule: 'state', customerId: null, number: null, version: null });
  const terms = {
    tenantId,
    secret: keys.ownSecret('chain'),
    chained: whole || checkpoints,
    sealed: whole || sealedOnly,
  };
  const counts = await verifyChains(client, terms, { lastNumber, customerId }, report);
  const place = { tenantId, keys: [publicJwk], lastNumber, customerId, anchors };
  const said = await verifyCheckpoints(client, place, report);
  if (whole && newest !== said.newest?.digest) report(newestGone(said.newest?.sequence));
  return { whole: keys.whole, ...counts, ...said, findings, found };
};

/** After this one there were others, or it is not what the tenant's keys say of the newest. */
const newestGone = (sequence = 0): ChainFinding => ({
  rule: 'checkpoint-cut',
  customerId: null,
  number: null,
  version: null,
  checkpoint: sequence,
});

const mostFindings = 1000;

/** Entries are asked for by ranges of customers: never by all of the table, and sorted in memory where they have to be. */
const rangePlans = `SET LOCAL enable_seqscan = off; SET LOCAL work_mem = '32MB'`;

/** What lies open in a tenant's rows. */
interface State {
  lastNumber: number;
  checkpoints: boolean;
  sealedOnly: boolean;
  /** What is noted of the newest checkpoint. */
  noted: Buffer | null;
}

const readState = async (client: pg.Client, tenantId: string): Promise<State> => {
  const { rows } = await client.query<State>(
    `SELECT last_number AS "lastNumber", sealed_only AS "sealedOnly",
       EXISTS (SELECT 1 FROM checkpoint c WHERE c.tenant_id = $1) AS checkpoints,
       ${newestColumn} AS noted
     FROM tenant_state WHERE tenant_id = $1`,
    [tenantId],
  );
  // Without its state a tenant has no customers: those that are there are then found one by one.
  return rows[0] ?? { lastNumber: numberBeforeFirst, checkpoints: true, sealedOnly: true, noted: null };
};
