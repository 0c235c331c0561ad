-- The rows of one PATCH with the bytes that the service wrote for one, in one transaction. The record changes where a
-- PATCH changes it: PostgreSQL logs an updated row from the first to the last byte that differs.
\set n random(1, :customers)
\set random random(1, 281474976710655)
BEGIN;
UPDATE bench.customer SET parent_id = NULL, version = version + 1, updated_at = now(), deleted_at = NULL, sealed = overlay(:sealed::bytea PLACING lpad(to_hex(:random::bigint), 12, '0')::bytea FROM :changed_at::int) WHERE tenant_id = :tenant::uuid AND customer_id = ('01980000-0000-7000-8000-' || lpad(to_hex(:n::bigint), 12, '0'))::uuid RETURNING customer_id, version \gset
INSERT INTO bench.history (tenant_id, customer_id, version, recorded_at, principal, contract, operation, open, sealed) VALUES (:tenant::uuid, :customer_id::uuid, :version, now(), :principal, :contract, :operation, :history_open, :history_sealed::bytea);
-- Event ids grow with time, as UUIDv7 does, so that the index grows at its end.
INSERT INTO bench.outbox (tenant_id, event_id, customer_id, version, type, paths, occurred_at) VALUES (:tenant::uuid, (lpad(to_hex((extract(epoch FROM clock_timestamp()) * 1000)::bigint), 12, '0') || '70008000' || lpad(to_hex(:random::bigint), 12, '0'))::uuid, :customer_id::uuid, :version, :type, :paths, now());
INSERT INTO bench.idempotency_reply (tenant_id, key_digest, fingerprint, customer_id, status, headers, sealed, created_at) VALUES (:tenant::uuid, sha256(:random::bytea), sha256(:random::bytea), :customer_id::uuid, :status, :headers, :reply_sealed::bytea, now());
COMMIT;
