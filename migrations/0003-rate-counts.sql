-- Requests counted in windows of an hour and longer, so that a restart forgets none and two processes count together.

CREATE TABLE rate_count (
  tenant_id uuid NOT NULL,
  policy    text NOT NULL,
  -- The key that is counted; empty where the whole tenant is.
  caller    text NOT NULL,
  ends_at   timestamptz NOT NULL,
  used      bigint NOT NULL,
  PRIMARY KEY (tenant_id, policy, caller, ends_at)
);

ALTER TABLE rate_count ENABLE ROW LEVEL SECURITY;
ALTER TABLE rate_count FORCE ROW LEVEL SECURITY;
CREATE POLICY rate_count_tenant ON rate_count
  USING (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid);

GRANT SELECT, INSERT, UPDATE, DELETE ON rate_count TO customary_app;
