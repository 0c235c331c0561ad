-- A history that proves itself: each entry holds the hash of itself and the one before, each customer the newest hash
-- with a code that only who has the tenant's secret can make, and signed checkpoints hold the heads of many customers.

-- Null on what was recorded before there were chains, until `customary keys seal`.
ALTER TABLE history ADD COLUMN hash bytea;
ALTER TABLE customer ADD COLUMN chain_head bytea;
ALTER TABLE customer ADD COLUMN chain_mac bytea;
ALTER TABLE history ALTER COLUMN hash SET STATISTICS 0;
ALTER TABLE customer ALTER COLUMN chain_head SET STATISTICS 0;
ALTER TABLE customer ALTER COLUMN chain_mac SET STATISTICS 0;

-- The first one of a tenant says that all of its history is chained from then on.
CREATE TABLE checkpoint (
  tenant_id   uuid NOT NULL,
  sequence    integer NOT NULL,
  recorded_at timestamptz NOT NULL,
  -- Customers with their versions and hashes, 56 bytes each.
  heads       bytea NOT NULL,
  -- The signed statement (RFC 7515), which holds the digest of the heads and of the checkpoint before.
  jws         text NOT NULL,
  PRIMARY KEY (tenant_id, sequence)
);
ALTER TABLE checkpoint ALTER COLUMN heads SET STATISTICS 0;
ALTER TABLE checkpoint ALTER COLUMN jws SET STATISTICS 0;

ALTER TABLE checkpoint ENABLE ROW LEVEL SECURITY;
ALTER TABLE checkpoint FORCE ROW LEVEL SECURITY;
CREATE POLICY checkpoint_tenant ON checkpoint
  USING (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid);

GRANT SELECT, INSERT ON checkpoint TO customary_app;
