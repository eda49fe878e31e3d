-- One row per day, resource and category without a deployment, from the audit of the day.
CREATE VIEW unattributed_spend AS
SELECT
  b.day,
  u.source_id AS source,
  u.resource_id,
  u.resource_name,
  u.category,
  u.spend_nano_usd / 1e9 AS spend_usd,
  -- To the nearest micro-dollar, half to even.
  u.spend_nano_usd / 1000 + CASE
    WHEN abs(u.spend_nano_usd % 1000) > 500
      OR (abs(u.spend_nano_usd % 1000) = 500 AND (u.spend_nano_usd / 1000) % 2 <> 0)
    THEN sign(u.spend_nano_usd) ELSE 0
  END AS spend_micro_usd,
  u.spend_nano_usd,
  b.run_id
FROM audit_by_day b
JOIN unattributed_day u ON u.run_ref = b.run_ref AND u.day_ms = b.day_ms;
