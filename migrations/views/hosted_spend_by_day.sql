-- One row per day, source and model: what was bought from hosted APIs, in dollars and tokens.
CREATE VIEW hosted_spend_by_day AS
WITH billed AS (
  SELECT
    d.day_ms,
    c.source_id,
    coalesce(json_extract(c.tags_json, '$.model'), c.resource_id) AS model,
    d.billed_nano_usd AS nano,
    -- A line of one class of tokens counts them in its quantity, spread over its days.
    CASE WHEN json_extract(c.tags_json, '$.token_class') IS NOT NULL
      AND lower(c.unit) GLOB '*token*'
    THEN 1.0 * c.quantity_num / c.quantity_den
      * CASE
        WHEN lower(c.unit) IN ('1k tokens', '1k token', 'k tokens', '1000 tokens', '1,000 tokens')
        THEN 1000
        WHEN lower(c.unit) IN (
          '1m tokens', '1m token', 'm tokens', '1000000 tokens', '1,000,000 tokens'
        ) THEN 1000000
        WHEN lower(c.unit) IN ('tokens', 'token', '1 token', '1 tokens') THEN 1
      END
      * (min(c.end_ms, d.day_ms + 86400000) - max(c.start_ms, d.day_ms))
      / (c.end_ms - c.start_ms)
    END AS tokens
  FROM charge c
  JOIN charge_day d ON d.charge_ref = c.charge_ref
  WHERE c.category = 'hosted' AND c.withdrawn = 0 AND NOT EXISTS (
    SELECT 1 FROM charge n
    WHERE n.source_id = c.source_id AND n.charge_key = c.charge_key
      AND (n.recorded_at_ms, n.version) > (c.recorded_at_ms, c.version)
  )
), served AS (
  SELECT
    -- By the day on which it begins; a month of a provider that tells no days is on its first.
    start_ms - start_ms % 86400000 AS day_ms,
    source_id,
    model,
    second_hand,
    uncached_prompt_tokens + coalesce(cached_prompt_tokens, 0) + coalesce(cache_write_tokens, 0)
      + output_tokens AS tokens
  FROM hosted_usage u
  -- Somebody else is paid for the tokens of a key of our own, and may tell them too.
  WHERE withdrawn = 0 AND service_tier <> 'byok' AND NOT EXISTS (
    SELECT 1 FROM hosted_usage n
    WHERE n.source_id = u.source_id AND n.start_ms = u.start_ms AND n.model = u.model
      AND n.host = u.host AND n.service_tier = u.service_tier
      AND (n.recorded_at_ms, n.version) > (u.recorded_at_ms, u.version)
  )
), told AS (
  SELECT day_ms, source_id, model, nano, tokens, 0 AS second_hand FROM billed
  UNION ALL
  SELECT day_ms, source_id, model, NULL, tokens, second_hand FROM served
)
SELECT
  date(day_ms / 1000, 'unixepoch') AS day,
  source_id AS source,
  model,
  -- Null is "not told", 0 is none.
  CAST(round(sum(tokens)) AS INTEGER) AS tokens,
  sum(nano) / 1e9 AS spend_usd,
  sum(nano) AS spend_nano_usd,
  -- 1 where a gateway in between told it: another source may tell the same tokens.
  max(second_hand) AS second_hand
FROM told
GROUP BY day_ms, source_id, model;
