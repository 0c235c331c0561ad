import type pg from 'pg';
import type { ChainFinding } from '../customer/chain-finding.ts';
import {
  type CheckpointRow,
  checkpointDigest,
  decodeHeads,
  type Head,
  statementOf,
} from '../customer/checkpoint.ts';
import { noHash } from '../customer/history-chain.ts';
import type { PublicJwk } from '../privacy/signing-key.ts';
import { int8s, uuids } from './binary-array.ts';

/** A checkpoint that was noted elsewhere, out of reach of who may write here. */
export interface Anchor {
  sequence: number;
  digest: string;
}

/** What the checkpoints of a tenant say. */
export interface CheckpointReport {
  checkpoints: number;
  /** Since when all of the history is proven; null where it is not chained yet. */
  provenSince: string | null;
  /** The newest one, to be noted elsewhere. */
  newest: (Anchor & { recordedAt: string }) | null;
}

/** By what checkpoints are judged, and of which customer alone if of one. */
interface CheckpointTerms {
  tenantId: string;
  keys: PublicJwk[];
  lastNumber: number;
  customerId: string | undefined;
  anchors: Anchor[];
}

/**
 * Judges the checkpoints in their order: each is signed by the tenant, follows the one before, and all that it says of
 * customers is in their history. That an entry has the hash that is stored with it is judged by its chain.
 */
export const verifyCheckpoints = async (
  client: pg.Client,
  terms: CheckpointTerms,
  report: (finding: ChainFinding) => void,
): Promise<CheckpointReport> => {
  const said: CheckpointReport = { checkpoints: 0, provenSince: null, newest: null };
  const missing = new Map(terms.anchors.map((anchor) => [anchor.sequence, anchor.digest]));
  let expected = 1;
  let previous: string | null = null;
  for await (const row of readCheckpoints(client, terms.tenantId)) {
    const { sequence } = row;
    const tell = (rule: ChainFinding['rule'], head?: Head) => report(findingOf(rule, sequence, head));
    const digest = checkpointDigest(row);
    const statement = statementOf(row, terms.tenantId, terms.keys);
    if (missing.get(sequence) === digest) missing.delete(sequence);
    if (!statement) tell('checkpoint-changed');
    else {
      if (sequence !== expected || statement.previous !== previous) tell('checkpoint-removed');
      if (statement.lastNumber > terms.lastNumber) tell('checkpoint-number');
      for (const head of await absentHeads(client, terms, decodeHeads(row.heads)))
        tell('checkpoint-head', head);
      if (sequence === 1) said.provenSince = statement.recordedAt;
    }
    said.checkpoints += 1;
    said.newest = { sequence, digest, recordedAt: row.recordedAt.toISOString() };
    expected = sequence + 1;
    previous = digest;
  }
  for (const sequence of missing.keys()) report(findingOf('anchor', sequence));
  return said;
};

const findingOf = (rule: ChainFinding['rule'], checkpoint: number, head?: Head): ChainFinding => ({
  rule,
  customerId: head?.customerId ?? null,
  number: null,
  version: head?.version ?? null,
  checkpoint,
});

const rowsAtOnce = 16;

async function* readCheckpoints(client: pg.Client, tenantId: string): AsyncGenerator<CheckpointRow> {
  for (let after = -(2 ** 31); ; ) {
    const { rows } = await client.query<CheckpointRow>(
      `SELECT sequence, recorded_at AS "recordedAt", heads, jws FROM checkpoint
       WHERE tenant_id = $1 AND sequence > $2 ORDER BY sequence LIMIT ${rowsAtOnce}`,
      [tenantId, after],
    );
    yield* rows;
    const last = rows.at(-1);
    if (!last || rows.length < rowsAtOnce) return;
    after = last.sequence;
  }
}

/**
 * Those of the heads that are in no history. One look-up each: a join might read all of the history for each checkpoint. A
 * chain without an entry is what an erasure by a restore leaves where the history lay plain.
 */
const absentHeads = async (
  client: pg.Client,
  { tenantId, customerId }: CheckpointTerms,
  all: Head[],
): Promise<Head[]> => {
  const heads = all.filter(
    (head) => !head.hash.equals(noHash) && (customerId === undefined || head.customerId === customerId),
  );
  if (heads.length === 0) return [];
  const { rows } = await client.query<{ place: number; hash: Buffer | null }>(
    `SELECT r.place::int4 AS place, h.hash FROM unnest($2::uuid[], $3::int8[]) WITH ORDINALITY AS r (id, version, place)
     CROSS JOIN LATERAL (SELECT hash FROM history WHERE tenant_id = $1 AND customer_id = r.id AND version = r.version
       LIMIT 1) AS h`,
    [tenantId, uuids(heads.map((head) => head.customerId)), int8s(heads.map((head) => head.version))],
  );
  const stored = new Map(rows.map(({ place, hash }) => [place, hash]));
  return heads.filter(({ hash }, index) => !stored.get(index + 1)?.equals(hash));
};
