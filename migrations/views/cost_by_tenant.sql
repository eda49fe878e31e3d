-- One row per day, deployment, tenant, team, adapter and demand: its part of the day's spend.
CREATE VIEW cost_by_tenant AS
WITH part AS (
  SELECT
    date(start_ms / 1000, 'unixepoch') AS day, deployment, source_id, tenant, team, adapter, demand,
    sum(uncached_prompt_tokens + coalesce(cached_prompt_tokens, 0) + output_tokens) AS tokens
  FROM usage_part u
  WHERE u.withdrawn = 0 AND tenant || team || adapter || demand <> '' AND NOT EXISTS (
    SELECT 1 FROM usage_part n
    WHERE n.deployment = u.deployment AND n.source_id = u.source_id AND n.start_ms = u.start_ms
      AND n.demand = u.demand AND n.tenant = u.tenant AND n.team = u.team
      AND n.adapter = u.adapter
      AND (n.recorded_at_ms, n.version) > (u.recorded_at_ms, u.version)
  )
  GROUP BY 1, 2, 3, 4, 5, 6, 7
), source AS (
  -- Two sources count the same requests: the one that tells more of the day speaks for it.
  SELECT day, deployment, source_id,
    sum(tokens) FILTER (WHERE demand NOT IN ('benchmark', 'keep-warm')) AS served_told,
    row_number() OVER (PARTITION BY day, deployment ORDER BY sum(tokens) DESC, source_id) AS place
  FROM part GROUP BY 1, 2, 3
), spend AS (
  -- The audit's tokens are what is shared, whichever sources it took them from.
  SELECT b.day, a.deployment, b.run_id, a.spend_nano_usd, s.source_id,
    a.prompt_tokens + a.output_tokens AS served, coalesce(s.served_told, 0) AS served_told
  FROM audit_by_day b
  JOIN audit_day a ON a.run_ref = b.run_ref AND a.day_ms = b.day_ms
  LEFT JOIN source s ON s.day = b.day AND s.deployment = a.deployment AND s.place = 1
), told AS (
  SELECT s.*, p.tenant, p.team, p.adapter, p.demand, p.tokens,
    p.demand NOT IN ('benchmark', 'keep-warm') AND served_told > served AS is_more,
    sum(p.tokens) OVER (
      PARTITION BY p.day, p.deployment, p.demand IN ('benchmark', 'keep-warm')
      ORDER BY p.tenant, p.team, p.adapter, p.demand ROWS UNBOUNDED PRECEDING
    ) AS up_to
  FROM spend s JOIN part p ON p.day = s.day AND p.deployment = s.deployment
    AND p.source_id = s.source_id
), slice AS (
  SELECT day, deployment, run_id, source_id, tenant, team, adapter, demand,
    -- More told than served: each has its share, and running sums are rounded, so they sum to it.
    CASE WHEN is_more THEN
      CAST(round(1.0 * up_to * served / served_told) AS INTEGER)
        - CAST(round(1.0 * (up_to - tokens) * served / served_told) AS INTEGER)
      ELSE tokens
    END AS tokens,
    spend_nano_usd
  FROM told
  UNION ALL
  SELECT day, deployment, run_id, source_id, '', '', '', '', max(0, served - served_told),
    spend_nano_usd
  FROM spend
), weighed AS (
  SELECT *, sum(tokens) OVER whole AS all_tokens, abs(spend_nano_usd) AS size,
    -- Three digits of 16 bits, so that no product leaves 64 bits; a day of 2^45 tokens fits.
    tokens >> 32 AS high, (tokens >> 16) & 65535 AS middle, tokens & 65535 AS low
  FROM slice WINDOW whole AS (PARTITION BY day, deployment)
), scaled AS (
  SELECT *, size % all_tokens AS rest FROM weighed WHERE all_tokens > 0
), first AS (
  SELECT *, rest * high / all_tokens AS q2, rest * high % all_tokens AS r2 FROM scaled
), second AS (
  SELECT *, (r2 * 65536 + rest * middle) / all_tokens AS q1,
    (r2 * 65536 + rest * middle) % all_tokens AS r1 FROM first
), third AS (
  SELECT *, (r1 * 65536 + rest * low) / all_tokens AS q0,
    (r1 * 65536 + rest * low) % all_tokens AS r0 FROM second
), floored AS (
  SELECT *, size / all_tokens * tokens + (q2 * 65536 + q1) * 65536 + q0 AS floor_nano FROM third
), placed AS (
  -- What is left over goes to the largest remainders, a nano-dollar each.
  SELECT *, size - sum(floor_nano) OVER (PARTITION BY day, deployment) AS left_over,
    row_number() OVER (
      PARTITION BY day, deployment ORDER BY r0 DESC, tenant, team, adapter, demand
    ) AS place
  FROM floored
), shared AS (
  SELECT day, deployment, tenant, team, adapter, demand, tokens, source_id, run_id,
    sign(spend_nano_usd) * (floor_nano + (place <= left_over)) AS nano_usd
  FROM placed
  UNION ALL
  SELECT day, deployment, '', '', '', '', tokens, source_id, run_id, spend_nano_usd
  FROM weighed WHERE all_tokens = 0 AND tenant || team || adapter || demand = ''
)
SELECT
  day,
  deployment,
  -- All four null: the tokens of which nothing is told, and the whole day where none was served.
  nullif(tenant, '') AS tenant,
  nullif(team, '') AS team,
  nullif(adapter, '') AS adapter,
  nullif(demand, '') AS demand,
  nano_usd / 1e9 AS spend_usd,
  tokens,
  nano_usd / 1e3 / nullif(tokens, 0) AS usd_per_mtok,
  nano_usd AS spend_nano_usd,
  source_id AS source,
  run_id
FROM shared
WHERE tokens > 0 OR nano_usd <> 0 OR tenant || team || adapter || demand <> '';
