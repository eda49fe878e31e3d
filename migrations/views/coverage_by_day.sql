-- One row per day and deployment: the share of paid time with known usage.
CREATE VIEW coverage_by_day AS
SELECT
  b.day,
  a.deployment,
  a.paid_replica_ms / 3600000.0 AS paid_replica_hours,
  a.covered_replica_ms / 3600000.0 AS covered_replica_hours,
  1.0 * a.covered_replica_ms / nullif(a.paid_replica_ms, 0) AS coverage,
  a.paid_replica_ms,
  a.covered_replica_ms,
  b.run_id
FROM audit_by_day b
JOIN audit_day a ON a.run_ref = b.run_ref AND a.day_ms = b.day_ms;
