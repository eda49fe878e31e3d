-- One row per day, deployment and source: what was served in the intervals that begin on the day.
CREATE VIEW usage_by_day AS
SELECT
  d.day,
  s.deployment,
  s.source_id AS source,
  d.uncached_prompt_tokens + coalesce(d.cached_prompt_tokens, 0) AS prompt_tokens,
  -- Null where no interval of the day knows it; *_known counts the intervals that do.
  d.cached_prompt_tokens AS cached_tokens,
  d.output_tokens,
  d.uncached_prompt_tokens + coalesce(d.cached_prompt_tokens, 0) + d.output_tokens AS tokens,
  d.requests,
  d.busy_ms / 3600000.0 AS busy_hours,
  d.replica_ms / 3600000.0 AS replica_hours,
  d.busy_ms,
  d.replica_ms,
  d.intervals,
  d.cached_known AS intervals_cached_known,
  d.requests_known AS intervals_requests_known,
  d.busy_known AS intervals_busy_known,
  d.replicas_known AS intervals_replicas_known,
  d.estimated AS intervals_estimated
FROM usage_day d
JOIN usage_series s ON s.series_ref = d.series_ref;
