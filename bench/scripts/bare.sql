-- The least a durable change with a trace can be: one small row updated, one small row inserted.
\set n random(1, :customers)
\set value random(1, 1000000)
BEGIN;
UPDATE bench.bare SET value = :value WHERE id = :n;
INSERT INTO bench.bare_change (id, value, changed_at) VALUES (:n, :value, now());
COMMIT;
