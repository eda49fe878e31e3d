-- One row per audited period, deployment and option, from the newest audit of that period.
CREATE VIEW option_by_deployment AS
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
  o.deployment,
  o.option,
  -- Null where a figure that the option needs is unknown.
  o.cost_nano_usd / 1e9 AS cost_usd,
  o.infra_nano_usd / 1e9 AS infra_usd,
  o.labor_nano_usd / 1e9 AS labor_usd,
  o.hosted_nano_usd / 1e9 AS hosted_usd,
  o.stranded_nano_usd / 1e9 AS stranded_usd,
  o.saving_nano_usd / 1e9 AS saving_usd,
  o.cost_nano_usd,
  o.infra_nano_usd,
  o.labor_nano_usd,
  o.hosted_nano_usd,
  o.stranded_nano_usd,
  o.saving_nano_usd,
  r.run_id,
  o.gpu_nano_usd / 1e9 AS gpu_usd,
  o.storage_nano_usd / 1e9 AS storage_usd,
  o.other_nano_usd / 1e9 AS other_usd,
  o.migration_nano_usd / 1e9 AS migration_usd,
  -- That the option is cheaper than keeping; low and high bound its saving in 90 % of the draws.
  o.probability,
  o.low_nano_usd / 1e9 AS low_usd,
  o.high_nano_usd / 1e9 AS high_usd,
  o.gpu_nano_usd,
  o.storage_nano_usd,
  o.other_nano_usd,
  o.migration_nano_usd,
  o.low_nano_usd,
  o.high_nano_usd
FROM ranked r
JOIN audit_option o ON o.run_ref = r.run_ref
WHERE r.place = 1;
