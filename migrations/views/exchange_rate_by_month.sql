-- One row per currency and month: the exchange rate in force, and its source.
CREATE VIEW exchange_rate_by_month AS
WITH standing AS (
  SELECT e.* FROM exchange_rate e
  WHERE e.withdrawn = 0 AND NOT EXISTS (
    SELECT 1 FROM exchange_rate n
    WHERE n.currency = e.currency AND n.month_ms = e.month_ms AND n.source_id = e.source_id
      AND (n.recorded_at_ms, n.version) > (e.recorded_at_ms, e.version)
  )
), ranked AS (
  SELECT s.*, row_number() OVER (
    PARTITION BY s.currency, s.month_ms
    -- What rentcheck.yaml states comes first.
    ORDER BY s.source_id = 'config:currencies' DESC, s.recorded_at_ms DESC, s.version DESC,
      s.source_id DESC
  ) AS place
  FROM standing s
)
SELECT
  currency,
  strftime('%Y-%m', month_ms / 1000, 'unixepoch') AS month,
  CAST(usd_num AS REAL) / CAST(usd_den AS REAL) AS usd_per_unit,
  source_id AS source,
  strftime('%Y-%m-%dT%H:%M:%fZ', recorded_at_ms / 1000.0, 'unixepoch') AS recorded_at,
  usd_num,
  usd_den,
  fetch_ref
FROM ranked
WHERE place = 1;
