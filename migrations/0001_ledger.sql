-- The ledger: append-only facts, each leading to the fetch that brought it.
-- Money is whole nano-USD, times are milliseconds since 1970-01-01 UTC, periods are half-open.
-- In force at T is the fact of its key with the newest (recorded_at_ms, version) at or before T.

-- One row per answer as received, named by its digest (null while a file still comes in).
CREATE TABLE raw_body (
  body_ref INTEGER PRIMARY KEY,
  digest TEXT UNIQUE,
  plain_bytes INTEGER NOT NULL
) STRICT;

-- One row per compressed piece of an answer, in order.
CREATE TABLE raw_chunk (
  body_ref INTEGER NOT NULL REFERENCES raw_body (body_ref),
  chunk INTEGER NOT NULL,
  plain_bytes INTEGER NOT NULL,
  zstd BLOB NOT NULL,
  PRIMARY KEY (body_ref, chunk)
) STRICT;

-- One row per question to the outside: an HTTP request or a file.
CREATE TABLE fetch (
  fetch_ref INTEGER PRIMARY KEY,
  source_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  url TEXT NOT NULL,
  window_start_ms INTEGER,
  window_end_ms INTEGER,
  started_at_ms INTEGER NOT NULL,
  ended_at_ms INTEGER,
  finished INTEGER NOT NULL CHECK (finished IN (0, 1)),
  status INTEGER,
  digest TEXT,
  body_ref INTEGER REFERENCES raw_body (body_ref),
  failure_code TEXT,
  failure_message TEXT,
  -- Set where the answer tells every charge whose key starts so inside the window.
  complete_key_prefix TEXT,
  complete_start_ms INTEGER,
  complete_end_ms INTEGER,
  -- The time that the brought facts speak of, where the question named no window.
  facts_start_ms INTEGER,
  facts_end_ms INTEGER,
  added INTEGER NOT NULL,
  restated INTEGER NOT NULL,
  unchanged INTEGER NOT NULL,
  rejected INTEGER NOT NULL,
  warnings_json TEXT,
  recorded_at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX fetch_by_source ON fetch (source_id, kind, started_at_ms);

-- One row per record that could not be read, kept beside the good ones.
CREATE TABLE reject (
  reject_ref INTEGER PRIMARY KEY,
  fetch_ref INTEGER NOT NULL REFERENCES fetch (fetch_ref),
  position INTEGER NOT NULL,
  reason TEXT NOT NULL,
  excerpt TEXT NOT NULL,
  recorded_at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX reject_by_fetch ON reject (fetch_ref, position);

-- One row per total that a provider gave for a window, to reconcile with.
CREATE TABLE stated_total (
  fetch_ref INTEGER PRIMARY KEY REFERENCES fetch (fetch_ref),
  start_ms INTEGER NOT NULL,
  end_ms INTEGER NOT NULL CHECK (start_ms < end_ms),
  billed_nano_usd INTEGER NOT NULL,
  recorded_at_ms INTEGER NOT NULL
) STRICT;

-- One row per version of a bill's line. A line that is no longer on the bill is withdrawn.
CREATE TABLE charge (
  charge_ref INTEGER PRIMARY KEY,
  source_id TEXT NOT NULL,
  charge_key TEXT NOT NULL,
  version INTEGER NOT NULL,
  resource_id TEXT NOT NULL,
  resource_name TEXT,
  category TEXT NOT NULL,
  pricing_class TEXT NOT NULL,
  start_ms INTEGER NOT NULL,
  end_ms INTEGER NOT NULL CHECK (start_ms < end_ms),
  billed_nano_usd INTEGER NOT NULL,
  list_nano_usd INTEGER,
  effective_nano_usd INTEGER,
  -- An exact fraction; text, because its parts may be longer than 64 bits.
  quantity_num TEXT,
  quantity_den TEXT,
  unit TEXT,
  gpu_type TEXT,
  gpu_count INTEGER,
  basis TEXT NOT NULL CHECK (basis IN ('billed', 'estimated')),
  tags_json TEXT,
  withdrawn INTEGER NOT NULL CHECK (withdrawn IN (0, 1)),
  recorded_at_ms INTEGER NOT NULL,
  fetch_ref INTEGER NOT NULL REFERENCES fetch (fetch_ref),
  position INTEGER NOT NULL,
  UNIQUE (source_id, charge_key, version)
) STRICT;
CREATE INDEX charge_by_end ON charge (end_ms, start_ms);

-- One row per UTC day of a charge's version; the days sum to the charge exactly.
CREATE TABLE charge_day (
  day_ms INTEGER NOT NULL,
  charge_ref INTEGER NOT NULL REFERENCES charge (charge_ref),
  billed_nano_usd INTEGER NOT NULL,
  PRIMARY KEY (day_ms, charge_ref)
) STRICT, WITHOUT ROWID;

-- One row per deployment and source that ever told of it.
CREATE TABLE usage_series (
  series_ref INTEGER PRIMARY KEY,
  deployment TEXT NOT NULL,
  source_id TEXT NOT NULL,
  -- The longest interval ever stored: how far before a window one that reaches into it can begin.
  longest_ms INTEGER NOT NULL,
  UNIQUE (deployment, source_id)
) STRICT;

-- One row per version of an interval's counters; one that a later one overlaps is withdrawn.
CREATE TABLE usage (
  series_ref INTEGER NOT NULL REFERENCES usage_series (series_ref),
  start_ms INTEGER NOT NULL,
  version INTEGER NOT NULL,
  end_ms INTEGER NOT NULL CHECK (start_ms < end_ms),
  uncached_prompt_tokens INTEGER NOT NULL CHECK (uncached_prompt_tokens >= 0),
  cached_prompt_tokens INTEGER CHECK (cached_prompt_tokens >= 0),
  output_tokens INTEGER NOT NULL CHECK (output_tokens >= 0),
  requests INTEGER,
  busy_ms INTEGER,
  replica_ms INTEGER,
  estimated INTEGER NOT NULL CHECK (estimated IN (0, 1)),
  withdrawn INTEGER NOT NULL CHECK (withdrawn IN (0, 1)),
  recorded_at_ms INTEGER NOT NULL,
  fetch_ref INTEGER NOT NULL REFERENCES fetch (fetch_ref),
  position INTEGER NOT NULL,
  PRIMARY KEY (series_ref, start_ms, version)
) STRICT, WITHOUT ROWID;

-- One row per version of a thing that can be billed, as an inventory showed it at one moment.
CREATE TABLE resource_seen (
  source_id TEXT NOT NULL,
  resource_id TEXT NOT NULL,
  seen_at_ms INTEGER NOT NULL,
  version INTEGER NOT NULL,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  gpu_type TEXT,
  gpu_count INTEGER,
  nano_usd_per_hour INTEGER,
  status TEXT,
  recorded_at_ms INTEGER NOT NULL,
  fetch_ref INTEGER NOT NULL REFERENCES fetch (fetch_ref),
  position INTEGER NOT NULL,
  PRIMARY KEY (source_id, resource_id, seen_at_ms, version)
) STRICT, WITHOUT ROWID;

-- One row per moment at which a source listed every host of a model.
CREATE TABLE price_snapshot (
  source_id TEXT NOT NULL,
  model TEXT NOT NULL,
  taken_at_ms INTEGER NOT NULL,
  recorded_at_ms INTEGER NOT NULL,
  fetch_ref INTEGER NOT NULL REFERENCES fetch (fetch_ref),
  position INTEGER NOT NULL,
  PRIMARY KEY (source_id, model, taken_at_ms)
) STRICT, WITHOUT ROWID;

-- One row per version of a host's price from its day on. Null is not sold or not told, 0 is free.
CREATE TABLE hosted_price (
  source_id TEXT NOT NULL,
  model TEXT NOT NULL,
  host TEXT NOT NULL,
  quantization TEXT NOT NULL,
  valid_from_ms INTEGER NOT NULL,
  version INTEGER NOT NULL,
  host_name TEXT,
  input_nano_usd_per_mtok INTEGER,
  cached_input_nano_usd_per_mtok INTEGER,
  output_nano_usd_per_mtok INTEGER,
  request_nano_usd INTEGER,
  context_length INTEGER,
  free INTEGER NOT NULL CHECK (free IN (0, 1)),
  offered INTEGER NOT NULL CHECK (offered IN (0, 1)),
  recorded_at_ms INTEGER NOT NULL,
  fetch_ref INTEGER NOT NULL REFERENCES fetch (fetch_ref),
  position INTEGER NOT NULL,
  PRIMARY KEY (source_id, model, host, quantization, valid_from_ms, version)
) STRICT, WITHOUT ROWID;

-- One row per version of how reachable a host was at one moment.
CREATE TABLE host_availability (
  source_id TEXT NOT NULL,
  model TEXT NOT NULL,
  host TEXT NOT NULL,
  observed_at_ms INTEGER NOT NULL,
  version INTEGER NOT NULL,
  uptime_millionths INTEGER,
  healthy INTEGER NOT NULL CHECK (healthy IN (0, 1)),
  recorded_at_ms INTEGER NOT NULL,
  fetch_ref INTEGER NOT NULL REFERENCES fetch (fetch_ref),
  position INTEGER NOT NULL,
  PRIMARY KEY (source_id, model, host, observed_at_ms, version)
) STRICT, WITHOUT ROWID;

-- One row per version of what a GPU-hour cost from its day on.
CREATE TABLE gpu_rate (
  source_id TEXT NOT NULL,
  provider TEXT NOT NULL,
  gpu_type TEXT NOT NULL,
  pricing_class TEXT NOT NULL,
  valid_from_ms INTEGER NOT NULL,
  version INTEGER NOT NULL,
  nano_usd_per_gpu_hour INTEGER NOT NULL,
  recorded_at_ms INTEGER NOT NULL,
  fetch_ref INTEGER NOT NULL REFERENCES fetch (fetch_ref),
  position INTEGER NOT NULL,
  PRIMARY KEY (source_id, provider, gpu_type, pricing_class, valid_from_ms, version)
) STRICT, WITHOUT ROWID;

-- One row per version of an entry in the log of hours worked; no deployment is the whole stack.
CREATE TABLE ops_entry (
  source_id TEXT NOT NULL,
  entry_key TEXT NOT NULL,
  version INTEGER NOT NULL,
  day_ms INTEGER NOT NULL,
  deployment TEXT,
  worked_ms INTEGER NOT NULL,
  note TEXT,
  recorded_at_ms INTEGER NOT NULL,
  fetch_ref INTEGER NOT NULL REFERENCES fetch (fetch_ref),
  position INTEGER NOT NULL,
  PRIMARY KEY (source_id, entry_key, version)
) STRICT, WITHOUT ROWID;

-- One row per audit; the same inputs and code have the same id.
CREATE TABLE audit_run (
  run_ref INTEGER PRIMARY KEY,
  run_id TEXT NOT NULL UNIQUE,
  quarter TEXT,
  window_start_ms INTEGER NOT NULL,
  window_end_ms INTEGER NOT NULL,
  as_of_ms INTEGER NOT NULL,
  computed_at_ms INTEGER NOT NULL,
  inputs_digest TEXT NOT NULL,
  code_version TEXT NOT NULL,
  partial INTEGER NOT NULL CHECK (partial IN (0, 1)),
  audit_json TEXT NOT NULL,
  detail_json TEXT NOT NULL,
  verdict TEXT NOT NULL,
  probability REAL,
  saving_nano_usd INTEGER,
  spend_nano_usd INTEGER NOT NULL,
  unattributed_nano_usd INTEGER NOT NULL,
  tokens INTEGER NOT NULL,
  coverage REAL,
  effective_usd_per_mtok REAL,
  hosted_usd_per_mtok REAL
) STRICT;

-- One row per audit and deployment.
CREATE TABLE audit_deployment (
  run_ref INTEGER NOT NULL REFERENCES audit_run (run_ref),
  deployment TEXT NOT NULL,
  ordinal INTEGER NOT NULL,
  model TEXT NOT NULL,
  verdict TEXT NOT NULL,
  probability REAL,
  spend_nano_usd INTEGER NOT NULL,
  tokens INTEGER NOT NULL,
  effective_usd_per_mtok REAL,
  utilization REAL,
  busy_fraction REAL,
  coverage REAL,
  host TEXT,
  hosted_nano_usd INTEGER,
  saving_nano_usd INTEGER,
  PRIMARY KEY (run_ref, deployment)
) STRICT, WITHOUT ROWID;

-- One row per audit, deployment and option.
CREATE TABLE audit_option (
  run_ref INTEGER NOT NULL REFERENCES audit_run (run_ref),
  deployment TEXT NOT NULL,
  option TEXT NOT NULL,
  ordinal INTEGER NOT NULL,
  cost_nano_usd INTEGER,
  infra_nano_usd INTEGER,
  labor_nano_usd INTEGER,
  hosted_nano_usd INTEGER,
  stranded_nano_usd INTEGER,
  saving_nano_usd INTEGER,
  PRIMARY KEY (run_ref, deployment, option)
) STRICT, WITHOUT ROWID;

-- One row per audit, day and deployment.
CREATE TABLE audit_day (
  run_ref INTEGER NOT NULL REFERENCES audit_run (run_ref),
  day_ms INTEGER NOT NULL,
  deployment TEXT NOT NULL,
  spend_nano_usd INTEGER NOT NULL,
  prompt_tokens INTEGER NOT NULL,
  cached_tokens INTEGER,
  output_tokens INTEGER NOT NULL,
  paid_replica_ms INTEGER NOT NULL,
  covered_replica_ms INTEGER NOT NULL,
  busy_ms INTEGER,
  utilization REAL,
  PRIMARY KEY (run_ref, day_ms, deployment)
) STRICT, WITHOUT ROWID;

-- One row per audit, day, deployment and host that was weighed.
CREATE TABLE counterfactual_day (
  run_ref INTEGER NOT NULL REFERENCES audit_run (run_ref),
  day_ms INTEGER NOT NULL,
  deployment TEXT NOT NULL,
  host TEXT NOT NULL,
  cost_nano_usd INTEGER NOT NULL,
  tokens INTEGER NOT NULL,
  PRIMARY KEY (run_ref, day_ms, deployment, host)
) STRICT, WITHOUT ROWID;

-- One row per audit, day, resource and category that no deployment answers for.
CREATE TABLE unattributed_day (
  run_ref INTEGER NOT NULL REFERENCES audit_run (run_ref),
  day_ms INTEGER NOT NULL,
  ordinal INTEGER NOT NULL,
  source_id TEXT NOT NULL,
  resource_id TEXT NOT NULL,
  resource_name TEXT,
  category TEXT NOT NULL,
  spend_nano_usd INTEGER NOT NULL,
  PRIMARY KEY (run_ref, day_ms, ordinal)
) STRICT, WITHOUT ROWID;

-- One row per edition of a report and address it went to.
CREATE TABLE delivery (
  edition TEXT NOT NULL,
  recipient TEXT NOT NULL,
  run_id TEXT NOT NULL,
  status TEXT NOT NULL,
  message_id TEXT,
  detail TEXT,
  delivered_at_ms INTEGER NOT NULL,
  PRIMARY KEY (edition, recipient)
) STRICT, WITHOUT ROWID;
