-- The access log: who was shown or changed a person's data of a customer at protection level 3 or 4. It names members,
-- never values; the reason is sealed under the customer's key.

CREATE TABLE access_log (
  tenant_id   uuid NOT NULL,
  access_id   uuid NOT NULL,
  occurred_at timestamptz NOT NULL,
  customer_id uuid NOT NULL,
  version     bigint NOT NULL,
  kind        text NOT NULL,
  principal   text NOT NULL,
  contract    text NOT NULL,
  operation   text NOT NULL,
  request_id  text NOT NULL,
  -- The names of the members, as JSON.
  fields      text NOT NULL,
  reason      bytea,
  PRIMARY KEY (tenant_id, occurred_at, access_id)
);
-- It shares no beginning with the primary key: without statistics it would be taken for it.
CREATE INDEX access_log_of_customer ON access_log (customer_id, occurred_at, access_id);

ALTER TABLE access_log ENABLE ROW LEVEL SECURITY;
ALTER TABLE access_log FORCE ROW LEVEL SECURITY;
CREATE POLICY access_log_tenant ON access_log
  USING (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid);

GRANT SELECT, INSERT ON access_log TO customary_app;
