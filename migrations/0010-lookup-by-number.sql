-- Tokens name their customers by number, the order of lists: a page of what is found is then one range of the index,
-- however many customers a token finds.

CREATE TABLE customer_lookup_by_number (
  tenant_id uuid NOT NULL,
  field     text NOT NULL,
  token     bytea NOT NULL,
  number    integer NOT NULL
);

-- The owner is subject to row-level security too, and has no tenant here.
ALTER TABLE customer NO FORCE ROW LEVEL SECURITY;
ALTER TABLE customer_lookup NO FORCE ROW LEVEL SECURITY;
INSERT INTO customer_lookup_by_number (tenant_id, field, token, number)
  SELECT l.tenant_id, l.field, l.token, c.number FROM customer_lookup l
  JOIN customer c ON c.tenant_id = l.tenant_id AND c.customer_id = l.customer_id;
ALTER TABLE customer FORCE ROW LEVEL SECURITY;

DROP TABLE customer_lookup;
ALTER TABLE customer_lookup_by_number RENAME TO customer_lookup;
ALTER TABLE customer_lookup
  ADD CONSTRAINT customer_lookup_pkey PRIMARY KEY (tenant_id, field, token, number);

ALTER TABLE customer_lookup ENABLE ROW LEVEL SECURITY;
ALTER TABLE customer_lookup FORCE ROW LEVEL SECURITY;
CREATE POLICY customer_lookup_tenant ON customer_lookup
  USING (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON customer_lookup TO customary_app;
