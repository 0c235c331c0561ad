-- Keys: what is personal is sealed under a key of its customer, those keys are wrapped by a key of their tenant, and
-- the tenants' keys by a source outside the database.

-- Every generation of a tenant's key; the one that is not retired wraps, the others still unwrap until a rotation ends.
CREATE TABLE tenant_key (
  tenant_id  uuid NOT NULL,
  generation integer NOT NULL,
  -- Which key of the source wrapped it.
  source     text NOT NULL,
  wrapped    bytea NOT NULL,
  created_at timestamptz NOT NULL,
  retired_at timestamptz,
  PRIMARY KEY (tenant_id, generation)
);

-- A row of its own, and a narrow one: destroying it erases all that is sealed of the customer, and a rotation rewrites
-- it without touching the record. The row stays when the key is destroyed, so that nobody makes another one.
CREATE TABLE customer_key (
  tenant_id    uuid NOT NULL,
  customer_id  uuid NOT NULL,
  generation   integer NOT NULL,
  wrapped      bytea,
  destroyed_at timestamptz,
  PRIMARY KEY (tenant_id, customer_id)
) WITH (fillfactor = 80);

-- The secrets of a tenant, wrapped by its key: that of its lookup tokens, which lay plain in tenant_state before, and others.
CREATE TABLE tenant_secret (
  tenant_id  uuid NOT NULL,
  purpose    text NOT NULL,
  generation integer NOT NULL,
  wrapped    bytea NOT NULL,
  PRIMARY KEY (tenant_id, purpose)
);

-- From here on nothing plain is taken for what was sealed; false while values of before there were keys are left.
ALTER TABLE tenant_state ADD COLUMN sealed_only boolean NOT NULL DEFAULT false;
ALTER TABLE customer ADD COLUMN erased_at timestamptz;

ALTER TABLE tenant_key ENABLE ROW LEVEL SECURITY;
ALTER TABLE tenant_key FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_key_tenant ON tenant_key
  USING (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid);

ALTER TABLE customer_key ENABLE ROW LEVEL SECURITY;
ALTER TABLE customer_key FORCE ROW LEVEL SECURITY;
CREATE POLICY customer_key_tenant ON customer_key
  USING (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid);

ALTER TABLE tenant_secret ENABLE ROW LEVEL SECURITY;
ALTER TABLE tenant_secret FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_secret_tenant ON tenant_secret
  USING (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid);

GRANT SELECT, INSERT, UPDATE, DELETE ON tenant_key, customer_key, tenant_secret TO customary_app;
