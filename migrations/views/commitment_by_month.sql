-- One row per source, commitment and month in which a charge of it begins: bought, used, unused.
CREATE VIEW commitment_by_month AS
WITH newest AS (
  SELECT c.*, coalesce(c.effective_nano_usd, c.billed_nano_usd) AS cost FROM charge c
  WHERE c.withdrawn = 0 AND c.commitment_id IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM charge n
    WHERE n.source_id = c.source_id AND n.charge_key = c.charge_key
      AND (n.recorded_at_ms, n.version) > (c.recorded_at_ms, c.version)
  )
)
SELECT
  strftime('%Y-%m', start_ms / 1000, 'unixepoch') AS month,
  source_id AS source,
  commitment_id,
  sum(billed_nano_usd) / 1e9 AS billed_usd,
  sum(cost) / 1e9 AS effective_usd,
  sum(CASE WHEN commitment_status = 'purchase' THEN billed_nano_usd ELSE 0 END) / 1e9
    AS purchased_usd,
  sum(CASE WHEN commitment_status = 'used' THEN cost ELSE 0 END) / 1e9 AS used_usd,
  sum(CASE WHEN commitment_status = 'unused' THEN cost ELSE 0 END) / 1e9 AS unused_usd,
  sum(billed_nano_usd) AS billed_nano_usd,
  sum(cost) AS effective_nano_usd
FROM newest
GROUP BY month, source_id, commitment_id;
