-- One row per audited period, source, month, resource and category of a bill: both sides of it.
CREATE VIEW reconciliation AS
WITH ranked AS (
  SELECT
    r.*,
    row_number() OVER (
      PARTITION BY window_start_ms, window_end_ms
      ORDER BY as_of_ms DESC, computed_at_ms DESC, run_ref DESC
    ) AS place
  FROM audit_run r
)
SELECT
  r.quarter,
  m.value ->> 'source' AS source,
  m.value ->> 'month' AS month,
  l.value ->> 'resource' AS resource_id,
  l.value ->> 'category' AS category,
  -- matched, bill only, ours only or different.
  l.value ->> 'class' AS class,
  CAST(l.value ->> 'billedUsd' AS REAL) AS billed_usd,
  CAST(l.value ->> 'heldUsd' AS REAL) AS held_usd,
  -- Whole millionths of a dollar, exact.
  CAST(replace(l.value ->> 'billedUsd', '.', '') AS INTEGER) AS billed_micro_usd,
  CAST(replace(l.value ->> 'heldUsd', '.', '') AS INTEGER) AS held_micro_usd,
  -- What of billed_usd was asked for in another currency; several stand one after the other.
  (SELECT group_concat(value ->> 'currency', ', ') FROM json_each(l.value, '$.billedIn'))
    AS original_currency,
  (SELECT group_concat(value ->> 'amount', ', ') FROM json_each(l.value, '$.billedIn'))
    AS original_amount,
  -- The class of the whole month.
  m.value ->> 'class' AS month_class,
  -- An invoice, or the provider's own total.
  m.value ->> 'against' AS against,
  (SELECT group_concat(value, ', ') FROM json_each(m.value, '$.invoices')) AS invoices,
  m.value ->> 'start' AS starts,
  m.value ->> 'end' AS ends,
  r.run_id
FROM ranked r
JOIN json_each(r.audit_json, '$.evidence.reconciliation') m
JOIN json_each(m.value, '$.lines') l
WHERE r.place = 1;
