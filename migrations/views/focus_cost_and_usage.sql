-- One row per charge, in the columns of FOCUS 1.4; additional columns begin with x_.
CREATE VIEW focus_cost_and_usage AS
WITH newest AS (
  SELECT c.* FROM charge c
  WHERE c.withdrawn = 0 AND NOT EXISTS (
    SELECT 1 FROM charge n
    WHERE n.source_id = c.source_id AND n.charge_key = c.charge_key
      AND (n.recorded_at_ms, n.version) > (c.recorded_at_ms, c.version)
  )
)
SELECT
  c.billed_nano_usd / 1e9 AS BilledCost,
  -- A source is one account at one provider; the bill names neither.
  c.source_id AS BillingAccountId,
  NULL AS BillingAccountName,
  'USD' AS BillingCurrency,
  strftime('%Y-%m-01T00:00:00Z', c.start_ms / 1000, 'unixepoch', 'start of month', '+1 month')
    AS BillingPeriodEnd,
  strftime('%Y-%m-01T00:00:00Z', c.start_ms / 1000, 'unixepoch') AS BillingPeriodStart,
  CASE c.category
    WHEN 'tax' THEN 'Tax'
    WHEN 'credit' THEN 'Credit'
    WHEN 'commitment' THEN 'Purchase'
    WHEN 'fee' THEN 'Purchase'
    WHEN 'labor' THEN 'Purchase'
    ELSE 'Usage'
  END AS ChargeCategory,
  NULL AS ChargeClass,
  coalesce(c.resource_name, c.resource_id) || ': ' || c.category || ', ' || c.pricing_class
    || CASE c.basis WHEN 'estimated' THEN ' (estimated)' ELSE '' END AS ChargeDescription,
  CASE c.category
    WHEN 'commitment' THEN 'Recurring'
    WHEN 'tax' THEN 'One-Time'
    WHEN 'credit' THEN 'One-Time'
    WHEN 'fee' THEN 'One-Time'
    WHEN 'labor' THEN 'One-Time'
    ELSE 'Usage-Based'
  END AS ChargeFrequency,
  strftime('%Y-%m-%dT%H:%M:%SZ', c.end_ms / 1000, 'unixepoch') AS ChargePeriodEnd,
  strftime('%Y-%m-%dT%H:%M:%SZ', c.start_ms / 1000, 'unixepoch') AS ChargePeriodStart,
  c.commitment_id AS CommitmentDiscountId,
  CASE c.commitment_status WHEN 'used' THEN 'Used' WHEN 'unused' THEN 'Unused' END
    AS CommitmentDiscountStatus,
  CASE WHEN c.category IN ('compute', 'storage', 'network', 'hosted')
    THEN CAST(c.quantity_num AS REAL) / CAST(c.quantity_den AS REAL) END AS ConsumedQuantity,
  CASE WHEN c.category IN ('compute', 'storage', 'network', 'hosted')
    THEN c.unit END AS ConsumedUnit,
  -- FOCUS wants a number: where no contract is known, what was billed is what was agreed.
  c.billed_nano_usd / 1e9 AS ContractedCost,
  coalesce(c.effective_nano_usd, c.billed_nano_usd) / 1e9 AS EffectiveCost,
  NULL AS HostProviderName,
  c.invoice_id AS InvoiceId,
  c.source_id AS InvoiceIssuerName,
  -- As above: without a list price in the bill, what was billed.
  coalesce(c.list_nano_usd, c.billed_nano_usd) / 1e9 AS ListCost,
  NULL AS ListUnitPrice,
  CASE c.pricing_class
    WHEN 'spot' THEN 'Dynamic'
    WHEN 'reserved' THEN 'Committed'
    ELSE 'Standard'
  END AS PricingCategory,
  'USD' AS PricingCurrency,
  CAST(c.quantity_num AS REAL) / CAST(c.quantity_den AS REAL) AS PricingQuantity,
  c.unit AS PricingUnit,
  NULL AS RegionId,
  NULL AS RegionName,
  c.resource_id AS ResourceId,
  c.resource_name AS ResourceName,
  (
    SELECT r.kind FROM resource_seen r
    WHERE r.source_id = c.source_id AND r.resource_id = c.resource_id
    ORDER BY r.seen_at_ms DESC, r.version DESC LIMIT 1
  ) AS ResourceType,
  CASE c.category
    WHEN 'compute' THEN 'Compute'
    WHEN 'storage' THEN 'Storage'
    WHEN 'network' THEN 'Networking'
    WHEN 'hosted' THEN 'AI and Machine Learning'
    ELSE 'Other'
  END AS ServiceCategory,
  CASE
    WHEN c.category = 'compute' AND c.pricing_class = 'serverless' THEN 'Serverless GPU'
    WHEN c.category = 'compute' THEN 'GPU instance'
    WHEN c.category = 'hosted' THEN 'Hosted tokens'
    ELSE c.category
  END AS ServiceName,
  c.source_id AS ServiceProviderName,
  c.tags_json AS Tags,
  c.billed_nano_usd AS x_BilledNanoUsd,
  c.charge_key AS x_ChargeKey,
  c.version AS x_ChargeVersion,
  CASE c.basis WHEN 'estimated' THEN coalesce(c.rebuilt_from, 'uptime') ELSE c.basis END
    AS x_Basis,
  c.gpu_type AS x_GpuType,
  c.gpu_count AS x_GpuCount,
  c.fetch_ref AS x_FetchRef,
  -- As it was billed, where that was not in US dollars.
  c.original_currency AS x_OriginalCurrency,
  CAST(c.original_amount AS REAL) AS x_OriginalBilledCost,
  strftime('%Y-%m-%dT%H:%M:%SZ', c.invoice_issued_ms / 1000, 'unixepoch') AS x_InvoiceIssued
FROM newest c;
