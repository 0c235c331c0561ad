-- The record, its history, and everything a change writes beside it.
-- Portable over PostgreSQL 15 and later and its distributed family: every primary key and unique index starts with
-- tenant_id, ids and timestamps come from the program, and there is no trigger, sequence or partial index.

CREATE TABLE tenant (
  tenant_id  uuid PRIMARY KEY,
  name       text NOT NULL UNIQUE,
  created_at timestamptz NOT NULL
);

-- One row a tenant that creations, deletions and moves in the hierarchy change conditionally, so that two of them
-- that must not both happen conflict here.
CREATE TABLE tenant_state (
  tenant_id         uuid PRIMARY KEY,
  last_number       integer NOT NULL,
  structure_version bigint NOT NULL,
  secret            bytea NOT NULL
);

CREATE TABLE api_key (
  tenant_id   uuid NOT NULL,
  key_id      text NOT NULL,
  hash        bytea NOT NULL,
  prefix      text NOT NULL,
  name        text NOT NULL,
  scopes      text NOT NULL,
  contract    text,
  customer_id uuid,
  created_at  timestamptz NOT NULL,
  expires_at  timestamptz,
  revoked_at  timestamptz,
  PRIMARY KEY (tenant_id, key_id)
);

CREATE TABLE customer (
  tenant_id   uuid NOT NULL,
  customer_id uuid NOT NULL,
  number      integer NOT NULL,
  parent_id   uuid,
  version     bigint NOT NULL,
  created_at  timestamptz NOT NULL,
  updated_at  timestamptz NOT NULL,
  deleted_at  timestamptz,
  open        text NOT NULL,
  sealed      bytea NOT NULL,
  PRIMARY KEY (tenant_id, customer_id)
) WITH (fillfactor = 80);
CREATE UNIQUE INDEX customer_number ON customer (tenant_id, number);
CREATE INDEX customer_parent ON customer (tenant_id, parent_id, customer_id);
CREATE INDEX customer_updated ON customer (tenant_id, updated_at, customer_id);

CREATE TABLE customer_lookup (
  tenant_id   uuid NOT NULL,
  field       text NOT NULL,
  token       bytea NOT NULL,
  customer_id uuid NOT NULL,
  PRIMARY KEY (tenant_id, field, token, customer_id)
);

CREATE TABLE customer_unique (
  tenant_id   uuid NOT NULL,
  field       text NOT NULL,
  token       bytea NOT NULL,
  customer_id uuid NOT NULL,
  PRIMARY KEY (tenant_id, field, token)
);

-- A snapshot of the whole record stands beside every so many changes, so that an as-of read applies few of them.
CREATE TABLE history (
  tenant_id       uuid NOT NULL,
  customer_id     uuid NOT NULL,
  version         bigint NOT NULL,
  recorded_at     timestamptz NOT NULL,
  principal       text NOT NULL,
  contract        text NOT NULL,
  operation       text NOT NULL,
  open            text NOT NULL,
  sealed          bytea NOT NULL,
  snapshot        bytea,
  PRIMARY KEY (tenant_id, customer_id, version)
);

CREATE TABLE outbox (
  tenant_id   uuid NOT NULL,
  event_id    uuid NOT NULL,
  customer_id uuid NOT NULL,
  version     bigint NOT NULL,
  type        text NOT NULL,
  paths       text NOT NULL,
  occurred_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, event_id)
);

CREATE TABLE idempotency_reply (
  tenant_id   uuid NOT NULL,
  key_digest  bytea NOT NULL,
  fingerprint bytea NOT NULL,
  customer_id uuid NOT NULL,
  status      integer NOT NULL,
  headers     text NOT NULL,
  sealed      bytea NOT NULL,
  created_at  timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, key_digest)
);
CREATE INDEX idempotency_reply_created ON idempotency_reply (tenant_id, created_at);

-- A change that was accepted and is applied later, exactly once.
CREATE TABLE request (
  tenant_id   uuid NOT NULL,
  request_id  uuid NOT NULL,
  principal   text NOT NULL,
  contract    text NOT NULL,
  customer_id uuid NOT NULL,
  status      text NOT NULL,
  sealed      bytea NOT NULL,
  result      bytea,
  created_at  timestamptz NOT NULL,
  finished_at timestamptz,
  PRIMARY KEY (tenant_id, request_id)
);
CREATE INDEX request_status ON request (tenant_id, status, created_at, request_id);

-- Nothing is ever searched in the texts and sealed parts; statistics of them would only cost.
ALTER TABLE customer ALTER COLUMN open SET STATISTICS 0;
ALTER TABLE customer ALTER COLUMN sealed SET STATISTICS 0;
ALTER TABLE history ALTER COLUMN open SET STATISTICS 0;
ALTER TABLE history ALTER COLUMN sealed SET STATISTICS 0;
ALTER TABLE history ALTER COLUMN snapshot SET STATISTICS 0;
ALTER TABLE idempotency_reply ALTER COLUMN headers SET STATISTICS 0;
ALTER TABLE idempotency_reply ALTER COLUMN sealed SET STATISTICS 0;
ALTER TABLE request ALTER COLUMN sealed SET STATISTICS 0;
ALTER TABLE request ALTER COLUMN result SET STATISTICS 0;

-- Row-level security is the second lock: the first is the tenant condition in every statement.
ALTER TABLE tenant_state ENABLE ROW LEVEL SECURITY;
ALTER TABLE tenant_state FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_state_tenant ON tenant_state
  USING (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid);

ALTER TABLE api_key ENABLE ROW LEVEL SECURITY;
ALTER TABLE api_key FORCE ROW LEVEL SECURITY;
CREATE POLICY api_key_tenant ON api_key
  USING (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid);

ALTER TABLE customer ENABLE ROW LEVEL SECURITY;
ALTER TABLE customer FORCE ROW LEVEL SECURITY;
CREATE POLICY customer_tenant ON customer
  USING (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid);

ALTER TABLE customer_lookup ENABLE ROW LEVEL SECURITY;
ALTER TABLE customer_lookup FORCE ROW LEVEL SECURITY;
CREATE POLICY customer_lookup_tenant ON customer_lookup
  USING (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid);

ALTER TABLE customer_unique ENABLE ROW LEVEL SECURITY;
ALTER TABLE customer_unique FORCE ROW LEVEL SECURITY;
CREATE POLICY customer_unique_tenant ON customer_unique
  USING (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid);

ALTER TABLE history ENABLE ROW LEVEL SECURITY;
ALTER TABLE history FORCE ROW LEVEL SECURITY;
CREATE POLICY history_tenant ON history
  USING (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid);

ALTER TABLE outbox ENABLE ROW LEVEL SECURITY;
ALTER TABLE outbox FORCE ROW LEVEL SECURITY;
CREATE POLICY outbox_tenant ON outbox
  USING (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid);

ALTER TABLE idempotency_reply ENABLE ROW LEVEL SECURITY;
ALTER TABLE idempotency_reply FORCE ROW LEVEL SECURITY;
CREATE POLICY idempotency_reply_tenant ON idempotency_reply
  USING (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid);

ALTER TABLE request ENABLE ROW LEVEL SECURITY;
ALTER TABLE request FORCE ROW LEVEL SECURITY;
CREATE POLICY request_tenant ON request
  USING (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid);

-- The role in which every statement of the service runs: neither owner nor superuser.
GRANT SELECT, INSERT ON tenant TO customary_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON
  tenant_state, api_key, customer, customer_lookup, customer_unique, idempotency_reply, request
  TO customary_app;
-- What was recorded stays recorded.
GRANT SELECT, INSERT ON history, outbox TO customary_app;
GRANT SELECT ON schema_migration TO customary_app;
