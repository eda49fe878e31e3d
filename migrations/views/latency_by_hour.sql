-- One row per hour, deployment, source and measure: quantiles of latency.
CREATE VIEW latency_by_hour AS
WITH in_force AS (
  SELECT * FROM latency_histogram h
  WHERE h.withdrawn = 0 AND NOT EXISTS (
    SELECT 1 FROM latency_histogram n
    WHERE n.deployment = h.deployment AND n.source_id = h.source_id AND n.measure = h.measure
      AND n.start_ms = h.start_ms
      AND (n.recorded_at_ms, n.version) > (h.recorded_at_ms, h.version)
  )
), bucket AS (
  SELECT h.start_ms, h.deployment, h.source_id, h.measure, c.key AS place, c.value AS count,
    b.value AS upper,
    lag(b.value, 1, min(0, b.value)) OVER one AS lower,
    sum(c.value) OVER one AS upto,
    sum(c.value) OVER (PARTITION BY h.deployment, h.source_id, h.measure, h.start_ms) AS counted
  FROM in_force h, json_each(h.counts_json) c
  LEFT JOIN json_each(h.bounds_json) b ON b.key = c.key
  WINDOW one AS (
    PARTITION BY h.deployment, h.source_id, h.measure, h.start_ms ORDER BY c.key
  )
), wanted (name, share) AS (VALUES ('p50', 0.5), ('p95', 0.95)
), quantile AS (
  -- Linear within the bucket; beyond the last bound only that bound is known.
  SELECT b.start_ms, b.deployment, b.source_id, b.measure, b.counted, w.name,
    CASE WHEN b.upper IS NULL THEN b.lower
      ELSE b.lower + (b.upper - b.lower) * (w.share * b.counted - (b.upto - b.count)) / b.count
    END AS seconds,
    b.upper IS NULL AS is_more
  FROM bucket b JOIN wanted w
  WHERE b.count > 0 AND b.upto >= w.share * b.counted AND b.upto - b.count < w.share * b.counted
)
SELECT
  strftime('%Y-%m-%dT%H:%M:%SZ', start_ms / 1000, 'unixepoch') AS hour,
  deployment,
  source_id AS source,
  measure,
  counted AS count,
  max(seconds) FILTER (WHERE name = 'p50') AS p50_seconds,
  max(seconds) FILTER (WHERE name = 'p95') AS p95_seconds,
  -- 1 where it is longer than the last bound, which then stands in its place.
  max(is_more) FILTER (WHERE name = 'p50') AS p50_is_more,
  max(is_more) FILTER (WHERE name = 'p95') AS p95_is_more,
  start_ms
FROM quantile
GROUP BY start_ms, deployment, source_id, measure;
