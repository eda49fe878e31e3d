-- One row per audited period and deployment, from the newest audit of that period.
CREATE VIEW audit_by_deployment AS
WITH ranked AS (
  SELECT
    r.*,
    row_number() OVER (
      PARTITION BY window_start_ms, window_end_ms
      ORDER BY as_of_ms DESC, computed_at_ms DESC, run_ref DESC
    ) AS place
  FROM audit_run r
)
SELECT
  r.quarter,
  strftime('%Y-%m-%dT%H:%M:%SZ', r.window_start_ms / 1000, 'unixepoch') AS window_start,
  strftime('%Y-%m-%dT%H:%M:%SZ', r.window_end_ms / 1000, 'unixepoch') AS window_end,
  d.deployment,
  d.model,
  d.verdict,
  d.probability,
  d.spend_nano_usd / 1e9 AS spend_usd,
  d.tokens,
  d.effective_usd_per_mtok,
  d.utilization,
  d.busy_fraction,
  d.coverage,
  d.host,
  d.hosted_nano_usd / 1e9 AS hosted_usd,
  d.saving_nano_usd / 1e9 AS saving_usd,
  d.spend_nano_usd,
  d.hosted_nano_usd,
  d.saving_nano_usd,
  r.run_id,
  d.leaning,
  -- The saving's 90 % interval.
  d.low_nano_usd / 1e9 AS low_usd,
  d.high_nano_usd / 1e9 AS high_usd,
  d.low_nano_usd,
  d.high_nano_usd
FROM ranked r
JOIN audit_deployment d ON d.run_ref = r.run_ref
WHERE r.place = 1;
