-- One row per day with tokens, deployment and eligible endpoint: what they would have cost there.
CREATE VIEW counterfactual_by_day AS
SELECT
  b.day,
  c.deployment,
  c.host,
  c.cost_nano_usd / 1e9 AS cost_usd,
  c.tokens,
  -- To the nearest micro-dollar, half to even.
  c.cost_nano_usd / 1000 + CASE
    WHEN abs(c.cost_nano_usd % 1000) > 500
      OR (abs(c.cost_nano_usd % 1000) = 500 AND (c.cost_nano_usd / 1000) % 2 <> 0)
    THEN sign(c.cost_nano_usd) ELSE 0
  END AS cost_micro_usd,
  c.cost_nano_usd,
  b.run_id
FROM audit_by_day b
JOIN counterfactual_day c ON c.run_ref = b.run_ref AND c.day_ms = b.day_ms;
