-- One row per quarter: its newest audit.
CREATE VIEW audit_by_quarter AS
WITH ranked AS (
  SELECT
    r.*,
    row_number() OVER (
      PARTITION BY quarter ORDER BY as_of_ms DESC, computed_at_ms DESC, run_ref DESC
    ) AS place
  FROM audit_run r
  WHERE quarter IS NOT NULL
)
SELECT
  quarter,
  strftime('%Y-%m-%dT%H:%M:%SZ', window_start_ms / 1000, 'unixepoch') AS window_start,
  strftime('%Y-%m-%dT%H:%M:%SZ', window_end_ms / 1000, 'unixepoch') AS window_end,
  verdict,
  probability,
  saving_nano_usd / 1e9 AS saving_usd,
  spend_nano_usd / 1e9 AS spend_usd,
  unattributed_nano_usd / 1e9 AS unattributed_usd,
  tokens,
  effective_usd_per_mtok,
  hosted_usd_per_mtok,
  coverage,
  partial,
  saving_nano_usd,
  spend_nano_usd,
  unattributed_nano_usd,
  strftime('%Y-%m-%dT%H:%M:%SZ', as_of_ms / 1000, 'unixepoch') AS as_of,
  strftime('%Y-%m-%dT%H:%M:%SZ', computed_at_ms / 1000, 'unixepoch') AS computed_at,
  run_id,
  inputs_digest,
  code_version,
  -- The saving's 90 % interval.
  low_nano_usd / 1e9 AS low_usd,
  high_nano_usd / 1e9 AS high_usd,
  keep_nano_usd / 1e9 AS keep_usd,
  plan_nano_usd / 1e9 AS plan_usd,
  low_nano_usd,
  high_nano_usd,
  keep_nano_usd,
  plan_nano_usd
FROM ranked
WHERE place = 1;
