-- One row per month, source, resource and category: billed cost and effective cost.
CREATE VIEW cost_by_resource_and_month AS
WITH newest AS (
  SELECT c.*, coalesce(c.effective_nano_usd, c.billed_nano_usd) AS cost FROM charge c
  WHERE c.withdrawn = 0 AND NOT EXISTS (
    SELECT 1 FROM charge n
    WHERE n.source_id = c.source_id AND n.charge_key = c.charge_key
      AND (n.recorded_at_ms, n.version) > (c.recorded_at_ms, c.version)
  )
)
SELECT
  -- A charge counts in the month in which it begins, as in FOCUS.
  strftime('%Y-%m', start_ms / 1000, 'unixepoch') AS month,
  source_id AS source,
  resource_id,
  max(resource_name) AS resource_name,
  category,
  sum(billed_nano_usd) / 1e9 AS billed_usd,
  sum(cost) / 1e9 AS effective_usd,
  sum(billed_nano_usd) AS billed_nano_usd,
  sum(cost) AS effective_nano_usd
FROM newest
GROUP BY month, source_id, resource_id, category;
