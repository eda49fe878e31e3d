-- One row per day and deployment: what its tokens cost, from the audit that applies to the day.
CREATE VIEW effective_cost_by_day AS
SELECT
  b.day,
  a.deployment,
  a.spend_nano_usd / 1e9 AS spend_usd,
  -- To the nearest micro-dollar, half to even.
  a.spend_nano_usd / 1000 + CASE
    WHEN abs(a.spend_nano_usd % 1000) > 500
      OR (abs(a.spend_nano_usd % 1000) = 500 AND (a.spend_nano_usd / 1000) % 2 <> 0)
    THEN sign(a.spend_nano_usd) ELSE 0
  END AS spend_micro_usd,
  a.prompt_tokens + a.output_tokens AS tokens,
  -- Dollars for a million tokens; null for a day without any.
  a.spend_nano_usd / 1e3 / nullif(a.prompt_tokens + a.output_tokens, 0) AS usd_per_mtok,
  a.utilization,
  1.0 * a.covered_replica_ms / nullif(a.paid_replica_ms, 0) AS coverage,
  b.run_id,
  a.spend_nano_usd,
  a.prompt_tokens,
  a.cached_tokens,
  a.output_tokens
FROM audit_by_day b
JOIN audit_day a ON a.run_ref = b.run_ref AND a.day_ms = b.day_ms;
