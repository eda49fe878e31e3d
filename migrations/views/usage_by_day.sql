-- One row per day, deployment and source: what was served in the intervals that begin on the day.
CREATE VIEW usage_by_day AS
SELECT
  date(u.start_ms / 1000, 'unixepoch') AS day,
  s.deployment,
  s.source_id AS source,
  sum(u.uncached_prompt_tokens + coalesce(u.cached_prompt_tokens, 0)) AS prompt_tokens,
  -- Null where no interval of the day knows it; *_known counts the intervals that do.
  sum(u.cached_prompt_tokens) AS cached_tokens,
  sum(u.output_tokens) AS output_tokens,
  sum(u.uncached_prompt_tokens + coalesce(u.cached_prompt_tokens, 0) + u.output_tokens) AS tokens,
  sum(u.requests) AS requests,
  sum(u.busy_ms) / 3600000.0 AS busy_hours,
  sum(u.replica_ms) / 3600000.0 AS replica_hours,
  sum(u.busy_ms) AS busy_ms,
  sum(u.replica_ms) AS replica_ms,
  count(*) AS intervals,
  count(u.cached_prompt_tokens) AS intervals_cached_known,
  count(u.requests) AS intervals_requests_known,
  count(u.busy_ms) AS intervals_busy_known,
  count(u.replica_ms) AS intervals_replicas_known,
  sum(u.estimated) AS intervals_estimated
FROM usage_series s
JOIN usage u ON u.series_ref = s.series_ref
WHERE u.withdrawn = 0 AND NOT EXISTS (
  SELECT 1 FROM usage n
  WHERE n.series_ref = u.series_ref AND n.start_ms = u.start_ms
    AND (n.recorded_at_ms, n.version) > (u.recorded_at_ms, u.version)
)
GROUP BY s.deployment, s.source_id, u.start_ms / 86400000;
