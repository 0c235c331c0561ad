-- The service's login removes no entry of the access log before the tenant's rule of retention says so: 730 days where
-- there is no rule, never where the newest one has no days, and at least a day whatever it says. A rule is a row that
-- stays, so nobody shortens it without a trace.

CREATE POLICY access_log_kept ON access_log AS RESTRICTIVE FOR DELETE
  USING (occurred_at <= now() - interval '24 hours'
    AND occurred_at <= now() - make_interval(hours => 24 * (
      SELECT CASE WHEN count(*) = 0 THEN 730 ELSE (array_agg(r.days ORDER BY r.sequence DESC))[1] END
      FROM retention_rule r
      WHERE r.tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid AND r.kind = 'accessLog')));
