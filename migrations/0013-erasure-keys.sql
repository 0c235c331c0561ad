-- The reply to who asks for an erasure under an idempotency key is kept like any other one, so its row names no key.

ALTER TABLE erasure DROP COLUMN key_digest, DROP COLUMN fingerprint;
