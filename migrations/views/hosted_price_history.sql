-- One row per source, model, provider, quantization and service tier, for each period of one price.
CREATE VIEW hosted_price_history AS
WITH newest AS (
  SELECT p.* FROM hosted_price p
  WHERE p.withdrawn = 0 AND NOT EXISTS (
    SELECT 1 FROM hosted_price n
    WHERE n.source_id = p.source_id AND n.model = p.model AND n.host = p.host
      AND n.quantization = p.quantization AND n.service_tier = p.service_tier
      AND n.valid_from_ms = p.valid_from_ms
      AND (n.recorded_at_ms, n.version) > (p.recorded_at_ms, p.version)
  )
)
SELECT
  source_id AS source,
  model,
  host,
  coalesce(host_name, host) AS host_name,
  quantization,
  iif(service_tier = '', 'standard', service_tier) AS service_tier,
  strftime('%Y-%m-%dT%H:%M:%SZ', valid_from_ms / 1000, 'unixepoch') AS valid_from,
  -- Null while the price is in force.
  strftime('%Y-%m-%dT%H:%M:%SZ', lead(valid_from_ms) OVER host_in_time / 1000, 'unixepoch')
    AS valid_to,
  -- Null is "not sold" or "not told", 0 is free.
  input_nano_usd_per_mtok / 1e9 AS input_usd_per_mtok,
  cached_input_nano_usd_per_mtok / 1e9 AS cached_usd_per_mtok,
  cache_write_nano_usd_per_mtok / 1e9 AS cache_write_usd_per_mtok,
  output_nano_usd_per_mtok / 1e9 AS output_usd_per_mtok,
  request_nano_usd / 1e9 AS request_usd,
  -- Prices under conditions, in order: a JSON array; null where there is none.
  overrides_json AS overrides,
  context_length,
  free,
  offered,
  coalesce(second_hand, 0) AS second_hand,
  region,
  data_policy,
  input_nano_usd_per_mtok,
  cached_input_nano_usd_per_mtok AS cached_nano_usd_per_mtok,
  cache_write_nano_usd_per_mtok,
  output_nano_usd_per_mtok,
  request_nano_usd
FROM newest
WINDOW host_in_time AS (
  PARTITION BY source_id, model, host, quantization, service_tier ORDER BY valid_from_ms
);
