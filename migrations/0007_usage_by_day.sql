-- Usage by day, kept beside the facts: a question about a quarter need not read five years.

-- One row per usage series and UTC day: what the intervals in force say that begin on the day.
-- A sum is null where no interval of the day knows the figure; the counts say how many do.
CREATE TABLE usage_day (
  series_ref INTEGER NOT NULL REFERENCES usage_series (series_ref),
  day_ms INTEGER NOT NULL,
  day TEXT GENERATED ALWAYS AS (date(day_ms / 1000, 'unixepoch')) VIRTUAL,
  uncached_prompt_tokens INTEGER NOT NULL,
  cached_prompt_tokens INTEGER,
  output_tokens INTEGER NOT NULL,
  requests INTEGER,
  busy_ms INTEGER,
  replica_ms INTEGER,
  intervals INTEGER NOT NULL CHECK (intervals > 0),
  cached_known INTEGER NOT NULL,
  requests_known INTEGER NOT NULL,
  busy_known INTEGER NOT NULL,
  replicas_known INTEGER NOT NULL,
  estimated INTEGER NOT NULL,
  PRIMARY KEY (series_ref, day_ms)
) STRICT, WITHOUT ROWID;
CREATE INDEX usage_day_by_day ON usage_day (day);

INSERT INTO usage_day
SELECT
  u.series_ref,
  u.start_ms - (u.start_ms % 86400000 + 86400000) % 86400000 AS day_ms,
  sum(u.uncached_prompt_tokens),
  sum(u.cached_prompt_tokens),
  sum(u.output_tokens),
  sum(u.requests),
  sum(u.busy_ms),
  sum(u.replica_ms),
  count(*),
  count(u.cached_prompt_tokens),
  count(u.requests),
  count(u.busy_ms),
  count(u.replica_ms),
  sum(u.estimated)
FROM usage u
WHERE u.withdrawn = 0 AND NOT EXISTS (
  SELECT 1 FROM usage n
  WHERE n.series_ref = u.series_ref AND n.start_ms = u.start_ms
    AND (n.recorded_at_ms, n.version) > (u.recorded_at_ms, u.version)
)
GROUP BY u.series_ref, 2;
