-- Since when a webhook that had ended is told of changes again; null where it never ended.
ALTER TABLE webhook ADD COLUMN resumed_at timestamptz;
