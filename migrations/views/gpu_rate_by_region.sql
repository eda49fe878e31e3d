-- One row per source, provider, GPU type, pricing class and region, for each period of one rate.
CREATE VIEW gpu_rate_by_region AS
WITH newest AS (
  SELECT
    r.*,
    lead(valid_from_ms) OVER (
      PARTITION BY source_id, provider, gpu_type, pricing_class ORDER BY valid_from_ms
    ) AS next_ms
  FROM gpu_rate r
  WHERE r.withdrawn = 0 AND NOT EXISTS (
    SELECT 1 FROM gpu_rate n
    WHERE n.source_id = r.source_id AND n.provider = r.provider AND n.gpu_type = r.gpu_type
      AND n.pricing_class = r.pricing_class AND n.valid_from_ms = r.valid_from_ms
      AND (n.recorded_at_ms, n.version) > (r.recorded_at_ms, r.version)
  )
), told AS (
  SELECT n.*, j.key AS region, j.value AS nano_usd,
    lag(j.value) OVER region_in_time AS before,
    lag(next_ms) OVER region_in_time AS told_until_ms
  FROM newest n, json_each(n.regions_json) j
  WINDOW region_in_time AS (
    PARTITION BY source_id, provider, gpu_type, pricing_class, j.key ORDER BY valid_from_ms
  )
), stretches AS (
  SELECT *,
    -- A region that was not listed in between begins anew.
    sum(before IS NOT nano_usd OR told_until_ms IS NOT valid_from_ms) OVER (
      PARTITION BY source_id, provider, gpu_type, pricing_class, region ORDER BY valid_from_ms
    ) AS stretch
  FROM told
)
SELECT
  source_id AS source,
  provider,
  gpu_type,
  pricing_class,
  region,
  strftime('%Y-%m-%dT%H:%M:%SZ', min(valid_from_ms) / 1000, 'unixepoch') AS valid_from,
  -- Null while the rate is in force.
  CASE count(*) WHEN count(next_ms)
    THEN strftime('%Y-%m-%dT%H:%M:%SZ', max(next_ms) / 1000, 'unixepoch') END AS valid_to,
  nano_usd / 1e9 AS usd_per_gpu_hour,
  nano_usd AS nano_usd_per_gpu_hour,
  -- 1 where a catalog told it; null where who rents it out did.
  max(second_hand) AS second_hand
FROM stretches
GROUP BY source_id, provider, gpu_type, pricing_class, region, stretch;
