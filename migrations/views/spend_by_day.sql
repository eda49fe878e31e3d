-- One row per day, source, resource, category and pricing class: what was billed.
CREATE VIEW spend_by_day AS
WITH billed AS (
  SELECT
    d.day_ms,
    c.source_id,
    c.resource_id,
    c.category,
    c.pricing_class,
    -- SQLite takes the name from the row with the greatest start: what it was called last.
    max(CASE WHEN c.resource_name IS NOT NULL THEN c.start_ms END) AS named_at_ms,
    c.resource_name,
    sum(d.billed_nano_usd) AS nano
  FROM charge_day d
  JOIN charge c ON c.charge_ref = d.charge_ref
  WHERE c.withdrawn = 0 AND NOT EXISTS (
    SELECT 1 FROM charge n
    WHERE n.source_id = c.source_id AND n.charge_key = c.charge_key
      AND (n.recorded_at_ms, n.version) > (c.recorded_at_ms, c.version)
  )
  GROUP BY d.day_ms, c.source_id, c.resource_id, c.category, c.pricing_class
)
SELECT
  date(day_ms / 1000, 'unixepoch') AS day,
  source_id AS source,
  resource_id,
  resource_name,
  category,
  pricing_class,
  nano / 1e9 AS spend_usd,
  -- To the nearest micro-dollar, half to even.
  nano / 1000 + CASE
    WHEN abs(nano % 1000) > 500 OR (abs(nano % 1000) = 500 AND (nano / 1000) % 2 <> 0)
    THEN sign(nano) ELSE 0
  END AS spend_micro_usd,
  nano AS spend_nano_usd
FROM billed;
