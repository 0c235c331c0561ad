-- How long each kind of data is kept, tenant by tenant: every change of a rule is a row, and the newest one holds.

CREATE TABLE retention_rule (
  tenant_id  uuid NOT NULL,
  kind       text NOT NULL,
  sequence   integer NOT NULL,
  -- Null is for ever.
  days       integer,
  changed_at timestamptz NOT NULL,
  principal  text NOT NULL,
  contract   text NOT NULL,
  PRIMARY KEY (tenant_id, kind, sequence)
);

ALTER TABLE retention_rule ENABLE ROW LEVEL SECURITY;
ALTER TABLE retention_rule FORCE ROW LEVEL SECURITY;
CREATE POLICY retention_rule_tenant ON retention_rule
  USING (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid);

-- What the rules were stays known.
GRANT SELECT, INSERT ON retention_rule TO customary_app;

-- What the rule of the access log says is over is removed from it; what stands in it is never changed.
GRANT DELETE ON access_log TO customary_app;

-- An export tells the requests about a customer.
CREATE INDEX request_customer ON request (tenant_id, customer_id, request_id);
