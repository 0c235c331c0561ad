-- Webhooks: who is told of changes, and what is still to be told to each. Rows name events, never values.

CREATE TABLE webhook (
  tenant_id     uuid NOT NULL,
  webhook_id    uuid NOT NULL,
  contract      text NOT NULL,
  url           text NOT NULL,
  events        text NOT NULL,
  scopes        text NOT NULL,
  created_at    timestamptz NOT NULL,
  -- Since when nothing was taken, why not at last, and until when nothing more is tried.
  failing_since timestamptz,
  last_failure  text,
  retry_at      timestamptz,
  given_up      bigint NOT NULL,
  ended_at      timestamptz,
  PRIMARY KEY (tenant_id, webhook_id)
);

-- An event that one webhook was not told yet. Whoever tells it moves `due_at` on first, so that another process does
-- so only if the first one died.
CREATE TABLE webhook_delivery (
  tenant_id   uuid NOT NULL,
  webhook_id  uuid NOT NULL,
  customer_id uuid NOT NULL,
  version     bigint NOT NULL,
  event_id    uuid NOT NULL,
  type        text NOT NULL,
  occurred_at timestamptz NOT NULL,
  attempts    integer NOT NULL,
  failed_at   timestamptz,
  due_at      timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, webhook_id, customer_id, version)
);
-- It shares no beginning with the primary key: without statistics it would be taken for it.
CREATE INDEX webhook_delivery_due ON webhook_delivery (webhook_id, due_at);

ALTER TABLE webhook ENABLE ROW LEVEL SECURITY;
ALTER TABLE webhook FORCE ROW LEVEL SECURITY;
CREATE POLICY webhook_tenant ON webhook
  USING (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid);

ALTER TABLE webhook_delivery ENABLE ROW LEVEL SECURITY;
ALTER TABLE webhook_delivery FORCE ROW LEVEL SECURITY;
CREATE POLICY webhook_delivery_tenant ON webhook_delivery
  USING (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid);

GRANT SELECT, INSERT, UPDATE, DELETE ON webhook, webhook_delivery TO customary_app;
-- What was handed to the webhooks leaves the outbox; what stands in it is never changed.
GRANT DELETE ON outbox TO customary_app;
