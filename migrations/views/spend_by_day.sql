-- One row per day, source, resource, category and pricing class: what was billed.
CREATE VIEW spend_by_day AS
WITH billed AS (
  SELECT
    s.day,
    s.source_id,
    s.resource_id,
    s.category,
    s.pricing_class,
    CASE WHEN sum(s.named) < 2 THEN max(CASE WHEN s.named = 1 THEN s.resource_name END)
    -- It had several names on that day: what it was called last.
    ELSE (
      SELECT c.resource_name
      FROM charge_day d
      JOIN charge c ON c.charge_ref = d.charge_ref
      WHERE d.day_ms = s.day_ms AND c.source_id = s.source_id AND c.resource_id = s.resource_id
        AND c.category = s.category AND c.pricing_class = s.pricing_class
        AND c.resource_name IS NOT NULL AND c.withdrawn = 0 AND NOT EXISTS (
          SELECT 1 FROM charge n
          WHERE n.source_id = c.source_id AND n.charge_key = c.charge_key
            AND (n.recorded_at_ms, n.version) > (c.recorded_at_ms, c.version)
        )
      ORDER BY c.start_ms DESC, c.resource_name DESC
      LIMIT 1
    ) END AS resource_name,
    sum(s.billed_nano_usd) AS nano
  FROM spend_day s
  GROUP BY s.day, s.source_id, s.resource_id, s.category, s.pricing_class
)
SELECT
  day,
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
