-- One row per source, provider, GPU type and pricing class, from one change of rate to the next.
CREATE VIEW gpu_rate_history AS
WITH newest AS (
  SELECT
    r.*,
    lag(nano_usd_per_gpu_hour) OVER (
      PARTITION BY source_id, provider, gpu_type, pricing_class ORDER BY valid_from_ms
    ) AS before
  FROM gpu_rate r
  WHERE r.withdrawn = 0 AND NOT EXISTS (
    SELECT 1 FROM gpu_rate n
    WHERE n.source_id = r.source_id AND n.provider = r.provider AND n.gpu_type = r.gpu_type
      AND n.pricing_class = r.pricing_class AND n.valid_from_ms = r.valid_from_ms
      AND (n.recorded_at_ms, n.version) > (r.recorded_at_ms, r.version)
  )
)
SELECT
  source_id AS source,
  provider,
  gpu_type,
  pricing_class,
  strftime('%Y-%m-%dT%H:%M:%SZ', valid_from_ms / 1000, 'unixepoch') AS valid_from,
  -- Null while the rate is in force.
  strftime('%Y-%m-%dT%H:%M:%SZ', lead(valid_from_ms) OVER rate_in_time / 1000, 'unixepoch')
    AS valid_to,
  nano_usd_per_gpu_hour / 1e9 AS usd_per_gpu_hour,
  nano_usd_per_gpu_hour,
  -- 1 where a catalog told it; null where who rents it out did.
  second_hand
FROM newest
WHERE before IS NOT nano_usd_per_gpu_hour
WINDOW rate_in_time AS (
  PARTITION BY source_id, provider, gpu_type, pricing_class ORDER BY valid_from_ms
);
