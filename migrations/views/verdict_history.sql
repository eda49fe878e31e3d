-- One row per stored audit and deployment, and one for the whole stack (deployment is null).
CREATE VIEW verdict_history AS
SELECT
  strftime('%Y-%m-%dT%H:%M:%SZ', r.computed_at_ms / 1000, 'unixepoch') AS computed_at,
  r.quarter,
  strftime('%Y-%m-%dT%H:%M:%SZ', r.window_start_ms / 1000, 'unixepoch') AS window_start,
  strftime('%Y-%m-%dT%H:%M:%SZ', r.window_end_ms / 1000, 'unixepoch') AS window_end,
  strftime('%Y-%m-%dT%H:%M:%SZ', r.as_of_ms / 1000, 'unixepoch') AS as_of,
  v.deployment,
  v.verdict,
  v.probability,
  v.saving_nano_usd / 1e9 AS saving_usd,
  v.saving_nano_usd,
  r.run_id,
  r.code_version,
  v.leaning,
  -- The saving's 90 % interval.
  v.low_nano_usd / 1e9 AS low_usd,
  v.high_nano_usd / 1e9 AS high_usd,
  v.low_nano_usd,
  v.high_nano_usd
FROM audit_run r
JOIN (
  SELECT
    run_ref,
    NULL AS deployment,
    verdict,
    probability,
    saving_nano_usd,
    NULL AS leaning,
    low_nano_usd,
    high_nano_usd
  FROM audit_run
  UNION ALL
  SELECT
    run_ref,
    deployment,
    verdict,
    probability,
    saving_nano_usd,
    leaning,
    low_nano_usd,
    high_nano_usd
  FROM audit_deployment
) v ON v.run_ref = r.run_ref;
