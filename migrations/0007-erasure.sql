-- Erasure (GDPR Art. 17) and legal hold. Reasons are sealed under the customer's key, so that they die with it.

-- One row an erasure that was asked for. It is scheduled, cancelled, under way (erasing) or completed.
CREATE TABLE erasure (
  tenant_id      uuid NOT NULL,
  erasure_id     uuid NOT NULL,
  customer_id    uuid NOT NULL,
  number         integer NOT NULL,
  status         text NOT NULL,
  requested_at   timestamptz NOT NULL,
  requested_by   text NOT NULL,
  contract       text NOT NULL,
  due_at         timestamptz NOT NULL,
  window_waived  boolean NOT NULL,
  sealed         bytea NOT NULL,
  -- The idempotency key under which it was asked for, and what was asked.
  key_digest     bytea,
  fingerprint    bytea,
  cancelled_at   timestamptz,
  cancelled_by   text,
  cancel_sealed  bytea,
  -- Set from the moment of no return on: when, what is destroyed and who is told, and the signed certificate.
  erased_at      timestamptz,
  evidence       text,
  certificate    text,
  PRIMARY KEY (tenant_id, erasure_id)
);
CREATE INDEX erasure_customer ON erasure (tenant_id, customer_id, erasure_id);
CREATE INDEX erasure_due ON erasure (tenant_id, status, due_at);

-- A trail: the newest entry of a customer tells whether a hold stands.
CREATE TABLE legal_hold (
  tenant_id   uuid NOT NULL,
  customer_id uuid NOT NULL,
  sequence    integer NOT NULL,
  event       text NOT NULL,
  recorded_at timestamptz NOT NULL,
  principal   text NOT NULL,
  contract    text NOT NULL,
  sealed      bytea NOT NULL,
  PRIMARY KEY (tenant_id, customer_id, sequence)
);

ALTER TABLE erasure ENABLE ROW LEVEL SECURITY;
ALTER TABLE erasure FORCE ROW LEVEL SECURITY;
CREATE POLICY erasure_tenant ON erasure
  USING (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid);

ALTER TABLE legal_hold ENABLE ROW LEVEL SECURITY;
ALTER TABLE legal_hold FORCE ROW LEVEL SECURITY;
CREATE POLICY legal_hold_tenant ON legal_hold
  USING (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid);

GRANT SELECT, INSERT, UPDATE ON erasure TO customary_app;
GRANT SELECT, INSERT ON legal_hold TO customary_app;
