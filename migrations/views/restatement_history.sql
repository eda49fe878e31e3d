-- One row per amount that a later response or an undo changed: old and new value, and its source.
CREATE VIEW restatement_history AS
WITH charges AS (
  SELECT c.*, (
    SELECT p.charge_ref FROM charge p
    WHERE p.source_id = c.source_id AND p.charge_key = c.charge_key
      AND (p.recorded_at_ms, p.version) < (c.recorded_at_ms, c.version)
    ORDER BY p.recorded_at_ms DESC, p.version DESC LIMIT 1
  ) AS before_ref
  FROM charge c WHERE c.version > 1
), intervals AS (
  SELECT u.*, (
    SELECT p.version FROM usage p
    WHERE p.series_ref = u.series_ref AND p.start_ms = u.start_ms
      AND (p.recorded_at_ms, p.version) < (u.recorded_at_ms, u.version)
    ORDER BY p.recorded_at_ms DESC, p.version DESC LIMIT 1
  ) AS before
  FROM usage u WHERE u.version > 1
), prices AS (
  SELECT h.*, (
    SELECT p.version FROM hosted_price p
    WHERE p.source_id = h.source_id AND p.model = h.model AND p.host = h.host
      AND p.quantization = h.quantization AND p.service_tier = h.service_tier
      AND p.valid_from_ms = h.valid_from_ms
      AND (p.recorded_at_ms, p.version) < (h.recorded_at_ms, h.version)
    ORDER BY p.recorded_at_ms DESC, p.version DESC LIMIT 1
  ) AS before
  FROM hosted_price h WHERE h.version > 1
), rates AS (
  SELECT r.*, (
    SELECT p.version FROM gpu_rate p
    WHERE p.source_id = r.source_id AND p.provider = r.provider AND p.gpu_type = r.gpu_type
      AND p.pricing_class = r.pricing_class AND p.valid_from_ms = r.valid_from_ms
      AND (p.recorded_at_ms, p.version) < (r.recorded_at_ms, r.version)
    ORDER BY p.recorded_at_ms DESC, p.version DESC LIMIT 1
  ) AS before
  FROM gpu_rate r WHERE r.version > 1
), hours AS (
  SELECT o.*, (
    SELECT p.version FROM ops_entry p
    WHERE p.source_id = o.source_id AND p.entry_key = o.entry_key
      AND (p.recorded_at_ms, p.version) < (o.recorded_at_ms, o.version)
    ORDER BY p.recorded_at_ms DESC, p.version DESC LIMIT 1
  ) AS before
  FROM ops_entry o WHERE o.version > 1
), invoices AS (
  SELECT i.*, (
    SELECT p.version FROM invoice_line p
    WHERE p.source_id = i.source_id AND p.line_key = i.line_key
      AND (p.recorded_at_ms, p.version) < (i.recorded_at_ms, i.version)
    ORDER BY p.recorded_at_ms DESC, p.version DESC LIMIT 1
  ) AS before
  FROM invoice_line i WHERE i.version > 1
), hosted AS (
  SELECT h.*, (
    SELECT p.version FROM hosted_usage p
    WHERE p.source_id = h.source_id AND p.start_ms = h.start_ms AND p.model = h.model
      AND p.host = h.host AND p.service_tier = h.service_tier
      AND (p.recorded_at_ms, p.version) < (h.recorded_at_ms, h.version)
    ORDER BY p.recorded_at_ms DESC, p.version DESC LIMIT 1
  ) AS before
  FROM hosted_usage h WHERE h.version > 1
), amounts AS (
  SELECT c.fetch_ref, c.undo_ref, c.position, c.recorded_at_ms, c.source_id, 'charge' AS fact,
    c.charge_key AS name, c.resource_id AS subject, c.start_ms, 'usd' AS unit, 1e9 AS scale,
    CASE p.withdrawn WHEN 0 THEN p.billed_nano_usd END AS was,
    CASE c.withdrawn WHEN 0 THEN c.billed_nano_usd END AS now, p.fetch_ref AS was_fetch_ref,
    c.rate_ref
  FROM charges c JOIN charge p ON p.charge_ref = c.before_ref
  UNION ALL
  SELECT u.fetch_ref, u.undo_ref, u.position, u.recorded_at_ms, s.source_id, 'usage',
    s.deployment, s.deployment, u.start_ms, 'tokens', 1.0,
    CASE p.withdrawn WHEN 0 THEN
      p.uncached_prompt_tokens + coalesce(p.cached_prompt_tokens, 0) + p.output_tokens END,
    CASE u.withdrawn WHEN 0 THEN
      u.uncached_prompt_tokens + coalesce(u.cached_prompt_tokens, 0) + u.output_tokens END,
    p.fetch_ref, NULL
  FROM intervals u
  JOIN usage p ON p.series_ref = u.series_ref AND p.start_ms = u.start_ms AND p.version = u.before
  JOIN usage_series s ON s.series_ref = u.series_ref
  UNION ALL
  SELECT h.fetch_ref, h.undo_ref, h.position, h.recorded_at_ms, h.source_id, side.fact,
    h.host || ' ' || h.quantization || iif(h.service_tier = '', '', ' ' || h.service_tier), h.model, h.valid_from_ms, 'usd_per_mtok', 1e9,
    CASE p.withdrawn WHEN 0 THEN
      iif(side.fact = 'input price', p.input_nano_usd_per_mtok, p.output_nano_usd_per_mtok) END,
    CASE h.withdrawn WHEN 0 THEN
      iif(side.fact = 'input price', h.input_nano_usd_per_mtok, h.output_nano_usd_per_mtok) END,
    p.fetch_ref, NULL
  FROM prices h
  JOIN hosted_price p ON p.source_id = h.source_id AND p.model = h.model AND p.host = h.host
    AND p.quantization = h.quantization AND p.service_tier = h.service_tier
    AND p.valid_from_ms = h.valid_from_ms
    AND p.version = h.before
  JOIN (SELECT 'input price' AS fact UNION ALL SELECT 'output price') side
  UNION ALL
  SELECT r.fetch_ref, r.undo_ref, r.position, r.recorded_at_ms, r.source_id, 'rate',
    r.provider || ' ' || r.pricing_class, r.gpu_type, r.valid_from_ms, 'usd_per_gpu_hour', 1e9,
    CASE p.withdrawn WHEN 0 THEN p.nano_usd_per_gpu_hour END,
    CASE r.withdrawn WHEN 0 THEN r.nano_usd_per_gpu_hour END, p.fetch_ref, NULL
  FROM rates r
  JOIN gpu_rate p ON p.source_id = r.source_id AND p.provider = r.provider
    AND p.gpu_type = r.gpu_type AND p.pricing_class = r.pricing_class
    AND p.valid_from_ms = r.valid_from_ms AND p.version = r.before
  UNION ALL
  SELECT o.fetch_ref, o.undo_ref, o.position, o.recorded_at_ms, o.source_id, 'hours',
    o.entry_key, coalesce(o.deployment, '(whole stack)'), o.day_ms, 'hours', 3600000.0,
    CASE p.withdrawn WHEN 0 THEN p.worked_ms END,
    CASE o.withdrawn WHEN 0 THEN o.worked_ms END, p.fetch_ref, NULL
  FROM hours o
  JOIN ops_entry p ON p.source_id = o.source_id AND p.entry_key = o.entry_key
    AND p.version = o.before
  UNION ALL
  SELECT i.fetch_ref, i.undo_ref, i.position, i.recorded_at_ms, i.source_id, 'invoice',
    i.invoice_id, coalesce(i.resource_id, '(whole invoice)'), i.start_ms, 'usd', 1e9,
    CASE p.withdrawn WHEN 0 THEN p.amount_nano_usd END,
    CASE i.withdrawn WHEN 0 THEN i.amount_nano_usd END, p.fetch_ref, NULL
  FROM invoices i
  JOIN invoice_line p ON p.source_id = i.source_id AND p.line_key = i.line_key
    AND p.version = i.before
  UNION ALL
  SELECT h.fetch_ref, h.undo_ref, h.position, h.recorded_at_ms, h.source_id, 'hosted usage',
    h.host || ' ' || h.service_tier, h.model, h.start_ms, 'tokens', 1.0,
    CASE p.withdrawn WHEN 0 THEN p.uncached_prompt_tokens + coalesce(p.cached_prompt_tokens, 0)
      + coalesce(p.cache_write_tokens, 0) + p.output_tokens END,
    CASE h.withdrawn WHEN 0 THEN h.uncached_prompt_tokens + coalesce(h.cached_prompt_tokens, 0)
      + coalesce(h.cache_write_tokens, 0) + h.output_tokens END,
    p.fetch_ref, NULL
  FROM hosted h
  JOIN hosted_usage p ON p.source_id = h.source_id AND p.start_ms = h.start_ms
    AND p.model = h.model AND p.host = h.host AND p.service_tier = h.service_tier
    AND p.version = h.before
)
SELECT
  fetch_ref,
  -- Set where an undo changed the amount; fetch_ref is then whose word holds again.
  undo_ref,
  position AS line,
  strftime('%Y-%m-%dT%H:%M:%fZ', recorded_at_ms / 1000.0, 'unixepoch') AS recorded_at,
  source_id AS source,
  fact,
  name,
  subject,
  strftime('%Y-%m-%dT%H:%M:%SZ', start_ms / 1000, 'unixepoch') AS starts,
  unit,
  -- Null is unknown or withdrawn.
  was / scale AS was,
  now / scale AS now,
  was AS was_exact,
  now AS now_exact,
  was_fetch_ref,
  -- Set where an exchange rate changed the amount: the fetch or undo that changed the rate.
  rate_ref
FROM amounts
WHERE was IS NOT now;
