-- Sessions: a live key was shown, and its holder got a token that is good for a while. A token names its row here, so
-- that it can be ended before its time.

CREATE TABLE session (
  tenant_id          uuid NOT NULL,
  session_id         uuid NOT NULL,
  -- The session that the first of a chain of renewals began; they end together.
  family_id          uuid NOT NULL,
  key_id             text NOT NULL,
  created_at         timestamptz NOT NULL,
  expires_at         timestamptz NOT NULL,
  refresh_hash       bytea,
  refresh_expires_at timestamptz,
  renewed_at         timestamptz,
  ended_at           timestamptz,
  PRIMARY KEY (tenant_id, session_id)
);
CREATE INDEX session_family ON session (tenant_id, family_id);

ALTER TABLE session ENABLE ROW LEVEL SECURITY;
ALTER TABLE session FORCE ROW LEVEL SECURITY;
CREATE POLICY session_tenant ON session
  USING (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid);

GRANT SELECT, INSERT, UPDATE, DELETE ON session TO customary_app;
