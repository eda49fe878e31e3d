-- One row per day: the audit that applies to it, the newest that covers all of it if there is one.
CREATE VIEW audit_by_day AS
WITH told AS (
  SELECT run_ref, day_ms FROM audit_day
  UNION
  SELECT run_ref, day_ms FROM unattributed_day
),
ranked AS (
  SELECT
    t.day_ms,
    t.run_ref,
    r.run_id,
    row_number() OVER (
      PARTITION BY t.day_ms
      ORDER BY
        r.window_start_ms <= t.day_ms AND r.window_end_ms >= t.day_ms + 86400000 DESC,
        r.as_of_ms DESC, r.computed_at_ms DESC, r.run_ref DESC
    ) AS place
  FROM told t
  JOIN audit_run r ON r.run_ref = t.run_ref
)
SELECT date(day_ms / 1000, 'unixepoch') AS day, day_ms, run_ref, run_id FROM ranked WHERE place = 1;
