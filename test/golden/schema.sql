CREATE INDEX charge_again ON charge (source_id, charge_key) WHERE version > 1;

CREATE INDEX charge_by_end ON charge (end_ms, start_ms);

CREATE INDEX charge_in_currency ON charge (original_currency, end_ms)
  WHERE original_currency IS NOT NULL;

CREATE INDEX charge_long ON charge (end_ms, start_ms) WHERE end_ms - start_ms > 86400000;

CREATE INDEX charge_restated ON charge (fetch_ref) WHERE version > 1;

CREATE INDEX delivery_event_by_delivery ON delivery_event (delivery_ref, event_ref);

CREATE UNIQUE INDEX delivery_once
  ON delivery (edition_ref, channel, recipient, role, coalesce(deployment, ''));

CREATE INDEX fetch_by_hand ON fetch (fetch_ref)
  WHERE (kind >= 'import.' AND kind < 'import/') OR kind = 'ops.add';

CREATE INDEX fetch_by_source ON fetch (source_id, kind, started_at_ms);

CREATE INDEX fetch_with_rejects ON fetch (digest) WHERE rejected > 0;

CREATE INDEX gpu_activity_length ON gpu_activity (deployment, source_id, end_ms - start_ms);

CREATE INDEX import_undo_of ON import_undo (undone_ref);

CREATE INDEX latency_histogram_length ON latency_histogram (deployment, source_id, end_ms - start_ms);

CREATE INDEX reject_by_fetch ON reject (fetch_ref, position);

CREATE INDEX reject_met ON reject (met_ref) WHERE met_ref IS NOT NULL;

CREATE INDEX request_batch_interval ON request_batch (source_id, deployment, start_ms);

CREATE INDEX request_count_length ON request_count (deployment, source_id, end_ms - start_ms);

CREATE INDEX usage_day_by_day ON usage_day (day);

CREATE INDEX usage_part_length ON usage_part (deployment, source_id, end_ms - start_ms);

CREATE INDEX usage_restated ON usage (fetch_ref) WHERE version > 1;

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
  saving_nano_usd INTEGER, leaning TEXT, low_nano_usd INTEGER, high_nano_usd INTEGER,
  PRIMARY KEY (run_ref, deployment)
) STRICT, WITHOUT ROWID;

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
  saving_nano_usd INTEGER, gpu_nano_usd INTEGER, storage_nano_usd INTEGER, other_nano_usd INTEGER, migration_nano_usd INTEGER, probability REAL, low_nano_usd INTEGER, high_nano_usd INTEGER,
  PRIMARY KEY (run_ref, deployment, option)
) STRICT, WITHOUT ROWID;

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
, low_nano_usd INTEGER, high_nano_usd INTEGER, keep_nano_usd INTEGER, plan_nano_usd INTEGER) STRICT;

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
  position INTEGER NOT NULL, undo_ref INTEGER REFERENCES fetch (fetch_ref), left_out TEXT, rebuilt_from TEXT CHECK (rebuilt_from IN ('list', 'negotiated')), original_currency TEXT, original_amount TEXT, original_list TEXT, original_effective TEXT, invoice_id TEXT, invoice_issued_ms INTEGER, commitment_id TEXT, commitment_status TEXT
  CHECK (commitment_status IN ('used', 'unused', 'purchase')), rate_ref INTEGER REFERENCES fetch (fetch_ref),
  UNIQUE (source_id, charge_key, version)
) STRICT;

CREATE TABLE charge_day (
  day_ms INTEGER NOT NULL,
  charge_ref INTEGER NOT NULL REFERENCES charge (charge_ref),
  billed_nano_usd INTEGER NOT NULL,
  PRIMARY KEY (day_ms, charge_ref)
) STRICT, WITHOUT ROWID;

CREATE TABLE counterfactual_day (
  run_ref INTEGER NOT NULL REFERENCES audit_run (run_ref),
  day_ms INTEGER NOT NULL,
  deployment TEXT NOT NULL,
  host TEXT NOT NULL,
  cost_nano_usd INTEGER NOT NULL,
  tokens INTEGER NOT NULL,
  PRIMARY KEY (run_ref, day_ms, deployment, host)
) STRICT, WITHOUT ROWID;

CREATE TABLE delivery (
  delivery_ref INTEGER PRIMARY KEY,
  delivery_id TEXT NOT NULL UNIQUE,
  edition_ref INTEGER NOT NULL REFERENCES edition (edition_ref),
  ordinal INTEGER NOT NULL,
  channel TEXT NOT NULL,
  recipient TEXT NOT NULL,
  role TEXT NOT NULL CHECK (role IN ('leader', 'owner', 'finance')),
  deployment TEXT CHECK ((role = 'owner') = (deployment IS NOT NULL)),
  state TEXT NOT NULL CHECK (state IN ('waiting', 'claimed', 'handing', 'sent', 'refused',
    'deferred', 'failed', 'ambiguous')),
  -- Fencing token: counts up with every claim, and with every word of a person.
  token INTEGER NOT NULL,
  tries INTEGER NOT NULL,
  worker TEXT,
  lease_until_ms INTEGER,
  deferrals INTEGER NOT NULL,
  deferred_since_ms INTEGER,
  next_try_at_ms INTEGER,
  message_id TEXT,
  message_digest TEXT REFERENCES frozen_bytes (digest),
  reply TEXT,
  code INTEGER,
  planned_at_ms INTEGER NOT NULL,
  changed_at_ms INTEGER NOT NULL,
  sent_at_ms INTEGER,
  UNIQUE (edition_ref, ordinal),
  CHECK ((state IN ('claimed', 'handing')) = (lease_until_ms IS NOT NULL)),
  CHECK ((state = 'deferred') = (next_try_at_ms IS NOT NULL)),
  CHECK ((state = 'sent') = (sent_at_ms IS NOT NULL))
) STRICT;

CREATE TABLE delivery_event (
  event_ref INTEGER PRIMARY KEY,
  delivery_ref INTEGER NOT NULL REFERENCES delivery (delivery_ref),
  at_ms INTEGER NOT NULL,
  state TEXT NOT NULL,
  token INTEGER NOT NULL,
  actor TEXT,
  code INTEGER,
  detail TEXT
) STRICT;

CREATE TABLE delivery_notice (
  event_ref INTEGER PRIMARY KEY REFERENCES delivery_event (event_ref),
  told_at_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE edition (
  edition_ref INTEGER PRIMARY KEY,
  edition_id TEXT NOT NULL UNIQUE,
  quarter TEXT NOT NULL,
  number INTEGER NOT NULL CHECK (number >= 1),
  run_id TEXT NOT NULL REFERENCES audit_run (run_id),
  corrects TEXT REFERENCES edition (edition_id),
  subject TEXT NOT NULL,
  headline TEXT NOT NULL,
  -- Letters and brief, as JSON.
  content_digest TEXT NOT NULL REFERENCES frozen_bytes (digest),
  -- Over words and files; whatever is changed, it no longer fits.
  digest TEXT NOT NULL,
  frozen_at_ms INTEGER NOT NULL,
  UNIQUE (quarter, number),
  UNIQUE (quarter, run_id)
) STRICT;

CREATE TABLE edition_file (
  edition_ref INTEGER NOT NULL REFERENCES edition (edition_ref),
  ordinal INTEGER NOT NULL,
  name TEXT NOT NULL,
  content_type TEXT NOT NULL,
  digest TEXT NOT NULL REFERENCES frozen_bytes (digest),
  PRIMARY KEY (edition_ref, ordinal),
  UNIQUE (edition_ref, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE exchange_rate (
  source_id TEXT NOT NULL,
  -- ISO 4217.
  currency TEXT NOT NULL,
  -- The first moment of the month.
  month_ms INTEGER NOT NULL,
  version INTEGER NOT NULL,
  -- US dollars for one unit, as an exact fraction; text, because its parts may be long.
  usd_num TEXT NOT NULL,
  usd_den TEXT NOT NULL,
  withdrawn INTEGER NOT NULL DEFAULT 0 CHECK (withdrawn IN (0, 1)),
  recorded_at_ms INTEGER NOT NULL,
  fetch_ref INTEGER NOT NULL REFERENCES fetch (fetch_ref),
  position INTEGER NOT NULL,
  undo_ref INTEGER REFERENCES fetch (fetch_ref),
  PRIMARY KEY (currency, month_ms, source_id, version)
) STRICT, WITHOUT ROWID;

CREATE TABLE fact_digest (
  fetch_ref INTEGER NOT NULL REFERENCES fetch (fetch_ref),
  fact_table TEXT NOT NULL,
  facts INTEGER NOT NULL,
  -- The sum of the rows' digests, and of each times the weight of its key: two 32-bit sums each.
  sum INTEGER NOT NULL,
  weighted INTEGER NOT NULL,
  PRIMARY KEY (fetch_ref, fact_table)
) STRICT, WITHOUT ROWID;

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
, same_as_ref INTEGER REFERENCES fetch (fetch_ref), rejects_ref INTEGER REFERENCES fetch (fetch_ref), facts_reach_ms INTEGER) STRICT;

CREATE TABLE frozen_bytes (
  digest TEXT PRIMARY KEY NOT NULL,
  plain_bytes INTEGER NOT NULL,
  zstd BLOB NOT NULL
) STRICT;

CREATE TABLE gpu_activity (
  deployment TEXT NOT NULL,
  source_id TEXT NOT NULL,
  start_ms INTEGER NOT NULL,
  version INTEGER NOT NULL,
  end_ms INTEGER NOT NULL CHECK (start_ms < end_ms),
  gpu_ms INTEGER NOT NULL CHECK (gpu_ms >= 0),
  gpu_util_millionths INTEGER CHECK (gpu_util_millionths BETWEEN 0 AND 1000000),
  engine_active_millionths INTEGER CHECK (engine_active_millionths BETWEEN 0 AND 1000000),
  tensor_active_millionths INTEGER CHECK (tensor_active_millionths BETWEEN 0 AND 1000000),
  dram_active_millionths INTEGER CHECK (dram_active_millionths BETWEEN 0 AND 1000000),
  withdrawn INTEGER NOT NULL DEFAULT 0 CHECK (withdrawn IN (0, 1)),
  recorded_at_ms INTEGER NOT NULL,
  fetch_ref INTEGER NOT NULL REFERENCES fetch (fetch_ref),
  position INTEGER NOT NULL,
  undo_ref INTEGER REFERENCES fetch (fetch_ref),
  PRIMARY KEY (deployment, source_id, start_ms, version)
) STRICT, WITHOUT ROWID;

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
  position INTEGER NOT NULL, undo_ref INTEGER REFERENCES fetch (fetch_ref), withdrawn INTEGER NOT NULL DEFAULT 0 CHECK (withdrawn IN (0, 1)), second_hand INTEGER CHECK (second_hand = 1), regions_json TEXT,
  PRIMARY KEY (source_id, provider, gpu_type, pricing_class, valid_from_ms, version)
) STRICT, WITHOUT ROWID;

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
  position INTEGER NOT NULL, latency_ms INTEGER, tokens_per_second REAL,
  PRIMARY KEY (source_id, model, host, observed_at_ms, version)
) STRICT, WITHOUT ROWID;

CREATE TABLE hosted_price (
  source_id TEXT NOT NULL,
  model TEXT NOT NULL,
  host TEXT NOT NULL,
  quantization TEXT NOT NULL,
  -- Empty, or batch, flex, priority.
  service_tier TEXT NOT NULL DEFAULT '',
  valid_from_ms INTEGER NOT NULL,
  version INTEGER NOT NULL,
  host_name TEXT,
  input_nano_usd_per_mtok INTEGER,
  cached_input_nano_usd_per_mtok INTEGER,
  cache_write_nano_usd_per_mtok INTEGER,
  output_nano_usd_per_mtok INTEGER,
  request_nano_usd INTEGER,
  -- Prices under conditions, in order: a JSON array.
  overrides_json TEXT,
  context_length INTEGER,
  free INTEGER NOT NULL CHECK (free IN (0, 1)),
  offered INTEGER NOT NULL CHECK (offered IN (0, 1)),
  -- 1 where a catalog or a dump told it; null where the seller did.
  second_hand INTEGER CHECK (second_hand = 1),
  region TEXT,
  data_policy TEXT,
  -- What requests may use, such as tools: a JSON array.
  supports_json TEXT,
  recorded_at_ms INTEGER NOT NULL,
  fetch_ref INTEGER NOT NULL REFERENCES fetch (fetch_ref),
  position INTEGER NOT NULL,
  undo_ref INTEGER REFERENCES fetch (fetch_ref),
  withdrawn INTEGER NOT NULL DEFAULT 0 CHECK (withdrawn IN (0, 1)),
  PRIMARY KEY (source_id, model, host, quantization, service_tier, valid_from_ms, version)
) STRICT, WITHOUT ROWID;

CREATE TABLE hosted_usage (
  source_id TEXT NOT NULL,
  -- As the source names it.
  model TEXT NOT NULL,
  -- Who served it behind a router; empty where the source does not tell.
  host TEXT NOT NULL,
  -- Empty is the standard one.
  service_tier TEXT NOT NULL,
  start_ms INTEGER NOT NULL,
  version INTEGER NOT NULL,
  end_ms INTEGER NOT NULL CHECK (start_ms < end_ms),
  -- Disjoint: the prompt is what is neither read from a cache nor written to one, and both.
  uncached_prompt_tokens INTEGER NOT NULL CHECK (uncached_prompt_tokens >= 0),
  cached_prompt_tokens INTEGER,
  cache_write_tokens INTEGER,
  output_tokens INTEGER NOT NULL CHECK (output_tokens >= 0),
  -- Inside the output.
  reasoning_tokens INTEGER,
  requests INTEGER,
  -- What the usage itself says it came to; the bill's word is in `charge`.
  nano_usd INTEGER,
  -- 1 where a gateway in between tells it and not who sells: a second opinion, never added.
  second_hand INTEGER NOT NULL DEFAULT 0 CHECK (second_hand IN (0, 1)),
  withdrawn INTEGER NOT NULL DEFAULT 0 CHECK (withdrawn IN (0, 1)),
  recorded_at_ms INTEGER NOT NULL,
  fetch_ref INTEGER NOT NULL REFERENCES fetch (fetch_ref),
  position INTEGER NOT NULL,
  undo_ref INTEGER REFERENCES fetch (fetch_ref),
  PRIMARY KEY (source_id, start_ms, model, host, service_tier, version)
) STRICT, WITHOUT ROWID;

CREATE TABLE import_undo (
  undo_ref INTEGER NOT NULL REFERENCES fetch (fetch_ref),
  undone_ref INTEGER NOT NULL REFERENCES fetch (fetch_ref),
  -- Whether it takes effect now: the undo is not undone itself.
  counts INTEGER NOT NULL CHECK (counts IN (0, 1)),
  PRIMARY KEY (undo_ref, undone_ref)
) STRICT, WITHOUT ROWID;

CREATE TABLE invoice_line (
  source_id TEXT NOT NULL,
  line_key TEXT NOT NULL,
  version INTEGER NOT NULL,
  invoice_id TEXT NOT NULL,
  issued_ms INTEGER,
  start_ms INTEGER NOT NULL,
  end_ms INTEGER NOT NULL CHECK (start_ms < end_ms),
  -- Null where it was asked for in another currency.
  amount_nano_usd INTEGER,
  resource_id TEXT,
  category TEXT,
  withdrawn INTEGER NOT NULL DEFAULT 0 CHECK (withdrawn IN (0, 1)),
  recorded_at_ms INTEGER NOT NULL,
  fetch_ref INTEGER NOT NULL REFERENCES fetch (fetch_ref),
  position INTEGER NOT NULL,
  undo_ref INTEGER REFERENCES fetch (fetch_ref),
  -- ISO 4217, and a decimal number of that currency.
  original_currency TEXT,
  original_amount TEXT,
  CHECK ((original_currency IS NULL) = (original_amount IS NULL)),
  -- A line that is taken back asks for nothing.
  CHECK (withdrawn = 1 OR (amount_nano_usd IS NULL) = (original_currency IS NOT NULL)),
  PRIMARY KEY (source_id, line_key, version)
) STRICT, WITHOUT ROWID;

CREATE TABLE latency_histogram (
  deployment TEXT NOT NULL,
  source_id TEXT NOT NULL,
  measure TEXT NOT NULL CHECK (measure IN ('time-to-first-token', 'inter-token', 'request')),
  start_ms INTEGER NOT NULL,
  version INTEGER NOT NULL,
  end_ms INTEGER NOT NULL CHECK (start_ms < end_ms),
  -- Upper ends of the buckets in seconds, ascending: [0.1,0.5,1].
  bounds_json TEXT NOT NULL,
  -- One more than bounds, not cumulative: the last bucket is beyond them.
  counts_json TEXT NOT NULL,
  withdrawn INTEGER NOT NULL DEFAULT 0 CHECK (withdrawn IN (0, 1)),
  recorded_at_ms INTEGER NOT NULL,
  fetch_ref INTEGER NOT NULL REFERENCES fetch (fetch_ref),
  position INTEGER NOT NULL,
  undo_ref INTEGER REFERENCES fetch (fetch_ref),
  PRIMARY KEY (deployment, source_id, measure, start_ms, version)
) STRICT, WITHOUT ROWID;

CREATE TABLE ledger_time (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  last_ms INTEGER NOT NULL,
  -- Set once something was read as of last_ms: what is recorded from then on is later.
  is_read INTEGER NOT NULL CHECK (is_read IN (0, 1))
) STRICT;

CREATE TABLE ledger_view (
  name TEXT PRIMARY KEY NOT NULL,
  digest TEXT NOT NULL,
  grain TEXT NOT NULL,
  applied_at_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE migration (
  name TEXT PRIMARY KEY NOT NULL,
  digest TEXT NOT NULL,
  applied_at_ms INTEGER NOT NULL
) STRICT;

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
  position INTEGER NOT NULL, undo_ref INTEGER REFERENCES fetch (fetch_ref), withdrawn INTEGER NOT NULL DEFAULT 0 CHECK (withdrawn IN (0, 1)),
  PRIMARY KEY (source_id, entry_key, version)
) STRICT, WITHOUT ROWID;

CREATE TABLE price_snapshot (
  source_id TEXT NOT NULL,
  model TEXT NOT NULL,
  -- Empty where it tells of every service tier, else those of which it does: standard,flex
  tiers TEXT NOT NULL DEFAULT '',
  taken_at_ms INTEGER NOT NULL,
  recorded_at_ms INTEGER NOT NULL,
  fetch_ref INTEGER NOT NULL REFERENCES fetch (fetch_ref),
  position INTEGER NOT NULL,
  PRIMARY KEY (source_id, model, tiers, taken_at_ms)
) STRICT, WITHOUT ROWID;

CREATE TABLE pulled_window (
  source_id TEXT NOT NULL,
  -- What the source told all of: 'charges', 'usage', ...
  fact TEXT NOT NULL,
  start_ms INTEGER NOT NULL,
  end_ms INTEGER NOT NULL,
  -- The last time that any of it was pulled; it only ever grows.
  pulled_at_ms INTEGER NOT NULL,
  PRIMARY KEY (source_id, fact, start_ms),
  CHECK (start_ms < end_ms)
) STRICT, WITHOUT ROWID;

CREATE TABLE raw_body (
  body_ref INTEGER PRIMARY KEY,
  digest TEXT UNIQUE,
  plain_bytes INTEGER NOT NULL
) STRICT;

CREATE TABLE raw_chunk (
  body_ref INTEGER NOT NULL REFERENCES raw_body (body_ref),
  chunk INTEGER NOT NULL,
  plain_bytes INTEGER NOT NULL,
  zstd BLOB NOT NULL,
  PRIMARY KEY (body_ref, chunk)
) STRICT;

CREATE TABLE reject (
  reject_ref INTEGER PRIMARY KEY,
  fetch_ref INTEGER NOT NULL REFERENCES fetch (fetch_ref),
  position INTEGER NOT NULL,
  reason TEXT NOT NULL,
  excerpt TEXT NOT NULL,
  recorded_at_ms INTEGER NOT NULL
, met_ref INTEGER REFERENCES fetch (fetch_ref)) STRICT;

CREATE TABLE repeated_fact (
  fact_table TEXT NOT NULL,
  -- The fact's key as a JSON list, in the order of its table.
  fact_key TEXT NOT NULL,
  fetch_ref INTEGER NOT NULL REFERENCES fetch (fetch_ref),
  version INTEGER NOT NULL,
  position INTEGER NOT NULL,
  left_out TEXT,
  recorded_at_ms INTEGER NOT NULL,
  PRIMARY KEY (fact_table, fact_key, fetch_ref)
) STRICT, WITHOUT ROWID;

CREATE TABLE request_batch (
  fetch_ref INTEGER NOT NULL REFERENCES fetch (fetch_ref),
  batch INTEGER NOT NULL,
  source_id TEXT NOT NULL,
  deployment TEXT NOT NULL,
  start_ms INTEGER NOT NULL,
  end_ms INTEGER NOT NULL CHECK (start_ms < end_ms),
  -- Of these four, the empty text is "not told".
  demand TEXT NOT NULL,
  tenant TEXT NOT NULL,
  team TEXT NOT NULL,
  adapter TEXT NOT NULL,
  -- The first line of the file that it has.
  position INTEGER NOT NULL,
  answered INTEGER NOT NULL CHECK (answered >= 0),
  failed INTEGER NOT NULL CHECK (failed >= 0),
  -- Null where no request names a session or trace.
  escalated INTEGER CHECK (escalated >= 0),
  prompt_tokens INTEGER NOT NULL CHECK (prompt_tokens >= 0),
  -- Null where a request does not tell its cached tokens.
  cached_tokens INTEGER CHECK (cached_tokens BETWEEN 0 AND prompt_tokens),
  output_tokens INTEGER NOT NULL CHECK (output_tokens >= 0),
  -- Eight bytes of a digest of each request's id; the ids themselves are not kept.
  ids BLOB NOT NULL,
  PRIMARY KEY (fetch_ref, batch)
) STRICT, WITHOUT ROWID;

CREATE TABLE request_count (
  deployment TEXT NOT NULL,
  source_id TEXT NOT NULL,
  start_ms INTEGER NOT NULL,
  version INTEGER NOT NULL,
  end_ms INTEGER NOT NULL CHECK (start_ms < end_ms),
  answered INTEGER NOT NULL CHECK (answered >= 0),
  failed INTEGER CHECK (failed >= 0),
  -- Of all of them, failed ones too: how many a hosted API answered then.
  escalated INTEGER CHECK (escalated >= 0),
  -- Prompt and output together, where no more is told.
  tokens INTEGER CHECK (tokens >= 0),
  withdrawn INTEGER NOT NULL DEFAULT 0 CHECK (withdrawn IN (0, 1)),
  recorded_at_ms INTEGER NOT NULL,
  fetch_ref INTEGER NOT NULL REFERENCES fetch (fetch_ref),
  position INTEGER NOT NULL,
  undo_ref INTEGER REFERENCES fetch (fetch_ref),
  PRIMARY KEY (deployment, source_id, start_ms, version)
) STRICT, WITHOUT ROWID;

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

CREATE TABLE spend_day (
  -- As a person asks for it: 2026-07-01.
  day TEXT NOT NULL,
  day_ms INTEGER NOT NULL,
  source_id TEXT NOT NULL,
  resource_id TEXT NOT NULL,
  category TEXT NOT NULL,
  pricing_class TEXT NOT NULL,
  -- 0 where the bill gave the resource no name; the name is then empty.
  named INTEGER NOT NULL CHECK (named IN (0, 1)),
  resource_name TEXT NOT NULL CHECK (named = 1 OR resource_name = ''),
  billed_nano_usd INTEGER NOT NULL,
  -- Charges that touch the day; a row without any is gone.
  charges INTEGER NOT NULL CHECK (charges > 0),
  PRIMARY KEY (day, source_id, resource_id, category, pricing_class, named, resource_name)
) STRICT, WITHOUT ROWID;

CREATE TABLE stated_total (
  fetch_ref INTEGER PRIMARY KEY REFERENCES fetch (fetch_ref),
  start_ms INTEGER NOT NULL,
  end_ms INTEGER NOT NULL CHECK (start_ms < end_ms),
  billed_nano_usd INTEGER NOT NULL,
  recorded_at_ms INTEGER NOT NULL
) STRICT;

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

CREATE TABLE unconverted_charge (
  fetch_ref INTEGER NOT NULL REFERENCES fetch (fetch_ref),
  -- ISO 4217.
  currency TEXT NOT NULL,
  -- The first moment of the month whose rate is missing.
  month_ms INTEGER NOT NULL,
  charges INTEGER NOT NULL CHECK (charges > 0),
  -- Their sum, a decimal number of that currency.
  amount TEXT NOT NULL,
  -- The time that they were billed for.
  start_ms INTEGER NOT NULL,
  end_ms INTEGER NOT NULL CHECK (start_ms < end_ms),
  PRIMARY KEY (fetch_ref, currency, month_ms)
) STRICT, WITHOUT ROWID;

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
  position INTEGER NOT NULL, undo_ref INTEGER REFERENCES fetch (fetch_ref), counted_ms INTEGER CHECK (counted_ms >= 0),
  PRIMARY KEY (series_ref, start_ms, version)
) STRICT, WITHOUT ROWID;

CREATE TABLE usage_day (
  series_ref INTEGER NOT NULL REFERENCES usage_series (series_ref),
  day_ms INTEGER NOT NULL,
  day TEXT GENERATED ALWAYS AS (date(day_ms / 1000, 'unixepoch')) VIRTUAL,
  uncached_prompt_tokens INTEGER NOT NULL,
  cached_prompt_tokens INTEGER,
  output_tokens INTEGER NOT NULL,
  requests INTEGER,
  busy_ms INTEGER,
  replica_ms INTEGER,
  intervals INTEGER NOT NULL CHECK (intervals > 0),
  cached_known INTEGER NOT NULL,
  requests_known INTEGER NOT NULL,
  busy_known INTEGER NOT NULL,
  replicas_known INTEGER NOT NULL,
  estimated INTEGER NOT NULL,
  PRIMARY KEY (series_ref, day_ms)
) STRICT, WITHOUT ROWID;

CREATE TABLE usage_part (
  deployment TEXT NOT NULL,
  source_id TEXT NOT NULL,
  start_ms INTEGER NOT NULL,
  -- Of these four, the empty text is "not told".
  demand TEXT NOT NULL CHECK (demand IN ('', 'user', 'batch', 'benchmark', 'keep-warm')),
  tenant TEXT NOT NULL,
  team TEXT NOT NULL,
  adapter TEXT NOT NULL,
  version INTEGER NOT NULL,
  end_ms INTEGER NOT NULL CHECK (start_ms < end_ms),
  uncached_prompt_tokens INTEGER NOT NULL CHECK (uncached_prompt_tokens >= 0),
  cached_prompt_tokens INTEGER CHECK (cached_prompt_tokens >= 0),
  output_tokens INTEGER NOT NULL CHECK (output_tokens >= 0),
  requests INTEGER CHECK (requests >= 0),
  withdrawn INTEGER NOT NULL DEFAULT 0 CHECK (withdrawn IN (0, 1)),
  recorded_at_ms INTEGER NOT NULL,
  fetch_ref INTEGER NOT NULL REFERENCES fetch (fetch_ref),
  position INTEGER NOT NULL,
  undo_ref INTEGER REFERENCES fetch (fetch_ref),
  PRIMARY KEY (deployment, source_id, start_ms, demand, tenant, team, adapter, version)
) STRICT, WITHOUT ROWID;

CREATE TABLE usage_series (
  series_ref INTEGER PRIMARY KEY,
  deployment TEXT NOT NULL,
  source_id TEXT NOT NULL,
  -- The longest interval ever stored: how far before a window one that reaches into it can begin.
  longest_ms INTEGER NOT NULL,
  UNIQUE (deployment, source_id)
) STRICT;

CREATE TABLE work_done (
  -- A line of the timetable, e.g. 'usage' or 'quarter'.
  line TEXT NOT NULL,
  -- What it was done for: a source, a quarter, or '' for the line as a whole.
  subject TEXT NOT NULL,
  -- The latest due moment up to which it is done; it only ever grows.
  due_at_ms INTEGER NOT NULL,
  done_at_ms INTEGER NOT NULL,
  PRIMARY KEY (line, subject)
) STRICT, WITHOUT ROWID;

CREATE TABLE writer (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  -- Told apart from any other ledger, for workers that share a queue must share the ledger.
  ledger_id TEXT NOT NULL,
  token INTEGER NOT NULL,
  holder TEXT NOT NULL,
  taken_at_ms INTEGER NOT NULL
) STRICT;

CREATE TRIGGER delivery_event_is_kept BEFORE DELETE ON delivery_event
BEGIN SELECT RAISE(ABORT, 'what happened has happened'); END;

CREATE TRIGGER delivery_event_stays BEFORE UPDATE ON delivery_event
BEGIN SELECT RAISE(ABORT, 'what happened has happened'); END;

CREATE TRIGGER delivery_is_kept BEFORE DELETE ON delivery
BEGIN SELECT RAISE(ABORT, 'a delivery is never forgotten'); END;

CREATE TRIGGER edition_file_is_kept BEFORE DELETE ON edition_file
BEGIN SELECT RAISE(ABORT, 'an edition is frozen'); END;

CREATE TRIGGER edition_file_stays BEFORE UPDATE ON edition_file
BEGIN SELECT RAISE(ABORT, 'an edition is frozen'); END;

CREATE TRIGGER edition_is_kept BEFORE DELETE ON edition
BEGIN SELECT RAISE(ABORT, 'an edition is frozen'); END;

CREATE TRIGGER edition_stays BEFORE UPDATE ON edition
BEGIN SELECT RAISE(ABORT, 'an edition is frozen'); END;

CREATE TRIGGER frozen_bytes_are_kept BEFORE DELETE ON frozen_bytes
BEGIN SELECT RAISE(ABORT, 'an edition is frozen'); END;

CREATE TRIGGER frozen_bytes_stay BEFORE UPDATE ON frozen_bytes
BEGIN SELECT RAISE(ABORT, 'an edition is frozen'); END;

CREATE VIEW audit_by_day AS
WITH told AS (
  SELECT run_ref, day_ms FROM audit_day
  UNION
  SELECT run_ref, day_ms FROM unattributed_day
),
ranked AS (
  SELECT
    t.day_ms,
    t.run_ref,
    r.run_id,
    row_number() OVER (
      PARTITION BY t.day_ms
      ORDER BY
        r.window_start_ms <= t.day_ms AND r.window_end_ms >= t.day_ms + 86400000 DESC,
        r.as_of_ms DESC, r.computed_at_ms DESC, r.run_ref DESC
    ) AS place
  FROM told t
  JOIN audit_run r ON r.run_ref = t.run_ref
)
SELECT date(day_ms / 1000, 'unixepoch') AS day, day_ms, run_ref, run_id FROM ranked WHERE place = 1;

CREATE VIEW audit_by_deployment AS
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
  strftime('%Y-%m-%dT%H:%M:%SZ', r.window_start_ms / 1000, 'unixepoch') AS window_start,
  strftime('%Y-%m-%dT%H:%M:%SZ', r.window_end_ms / 1000, 'unixepoch') AS window_end,
  d.deployment,
  d.model,
  d.verdict,
  d.probability,
  d.spend_nano_usd / 1e9 AS spend_usd,
  d.tokens,
  d.effective_usd_per_mtok,
  d.utilization,
  d.busy_fraction,
  d.coverage,
  d.host,
  d.hosted_nano_usd / 1e9 AS hosted_usd,
  d.saving_nano_usd / 1e9 AS saving_usd,
  d.spend_nano_usd,
  d.hosted_nano_usd,
  d.saving_nano_usd,
  r.run_id,
  d.leaning,
  -- The saving's 90 % interval.
  d.low_nano_usd / 1e9 AS low_usd,
  d.high_nano_usd / 1e9 AS high_usd,
  d.low_nano_usd,
  d.high_nano_usd
FROM ranked r
JOIN audit_deployment d ON d.run_ref = r.run_ref
WHERE r.place = 1;

CREATE VIEW audit_by_quarter AS
WITH ranked AS (
  SELECT
    r.*,
    row_number() OVER (
      PARTITION BY quarter ORDER BY as_of_ms DESC, computed_at_ms DESC, run_ref DESC
    ) AS place
  FROM audit_run r
  WHERE quarter IS NOT NULL
)
SELECT
  quarter,
  strftime('%Y-%m-%dT%H:%M:%SZ', window_start_ms / 1000, 'unixepoch') AS window_start,
  strftime('%Y-%m-%dT%H:%M:%SZ', window_end_ms / 1000, 'unixepoch') AS window_end,
  verdict,
  probability,
  saving_nano_usd / 1e9 AS saving_usd,
  spend_nano_usd / 1e9 AS spend_usd,
  unattributed_nano_usd / 1e9 AS unattributed_usd,
  tokens,
  effective_usd_per_mtok,
  hosted_usd_per_mtok,
  coverage,
  partial,
  saving_nano_usd,
  spend_nano_usd,
  unattributed_nano_usd,
  strftime('%Y-%m-%dT%H:%M:%SZ', as_of_ms / 1000, 'unixepoch') AS as_of,
  strftime('%Y-%m-%dT%H:%M:%SZ', computed_at_ms / 1000, 'unixepoch') AS computed_at,
  run_id,
  inputs_digest,
  code_version,
  -- The saving's 90 % interval.
  low_nano_usd / 1e9 AS low_usd,
  high_nano_usd / 1e9 AS high_usd,
  keep_nano_usd / 1e9 AS keep_usd,
  plan_nano_usd / 1e9 AS plan_usd,
  low_nano_usd,
  high_nano_usd,
  keep_nano_usd,
  plan_nano_usd
FROM ranked
WHERE place = 1;

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

CREATE VIEW cost_by_resource_and_month AS
WITH newest AS (
  SELECT c.*, coalesce(c.effective_nano_usd, c.billed_nano_usd) AS cost FROM charge c
  WHERE c.withdrawn = 0 AND NOT EXISTS (
    SELECT 1 FROM charge n
    WHERE n.source_id = c.source_id AND n.charge_key = c.charge_key
      AND (n.recorded_at_ms, n.version) > (c.recorded_at_ms, c.version)
  )
)
SELECT
  -- A charge counts in the month in which it begins, as in FOCUS.
  strftime('%Y-%m', start_ms / 1000, 'unixepoch') AS month,
  source_id AS source,
  resource_id,
  max(resource_name) AS resource_name,
  category,
  sum(billed_nano_usd) / 1e9 AS billed_usd,
  sum(cost) / 1e9 AS effective_usd,
  sum(billed_nano_usd) AS billed_nano_usd,
  sum(cost) AS effective_nano_usd
FROM newest
GROUP BY month, source_id, resource_id, category;

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

CREATE VIEW coverage_by_day AS
SELECT
  b.day,
  a.deployment,
  a.paid_replica_ms / 3600000.0 AS paid_replica_hours,
  a.covered_replica_ms / 3600000.0 AS covered_replica_hours,
  1.0 * a.covered_replica_ms / nullif(a.paid_replica_ms, 0) AS coverage,
  a.paid_replica_ms,
  a.covered_replica_ms,
  b.run_id
FROM audit_by_day b
JOIN audit_day a ON a.run_ref = b.run_ref AND a.day_ms = b.day_ms;

CREATE VIEW delivery_history AS
SELECT
  strftime('%Y-%m-%dT%H:%M:%SZ', d.sent_at_ms / 1000, 'unixepoch') AS delivered_at,
  e.edition_id AS edition,
  d.recipient,
  d.state AS status,
  e.run_id,
  d.message_id,
  d.reply AS detail,
  d.delivery_id,
  e.quarter,
  d.channel,
  d.role,
  d.deployment,
  d.tries,
  d.code,
  strftime('%Y-%m-%dT%H:%M:%fZ', d.next_try_at_ms / 1000.0, 'unixepoch') AS next_try_at,
  strftime('%Y-%m-%dT%H:%M:%fZ', d.planned_at_ms / 1000.0, 'unixepoch') AS planned_at,
  strftime('%Y-%m-%dT%H:%M:%fZ', d.changed_at_ms / 1000.0, 'unixepoch') AS changed_at,
  d.message_digest
FROM delivery d
JOIN edition e USING (edition_ref);

CREATE VIEW edition_by_quarter AS
SELECT
  e.quarter,
  e.edition_id AS edition,
  e.number,
  e.number = max(e.number) OVER (PARTITION BY e.quarter) AS newest,
  e.corrects,
  e.run_id,
  e.subject,
  e.headline,
  e.digest,
  strftime('%Y-%m-%dT%H:%M:%fZ', e.frozen_at_ms / 1000.0, 'unixepoch') AS frozen_at,
  (SELECT count(*) FROM edition_file f WHERE f.edition_ref = e.edition_ref) AS files,
  count(d.delivery_ref) AS deliveries,
  count(d.delivery_ref) FILTER (WHERE d.state = 'sent') AS sent,
  count(d.delivery_ref) FILTER (WHERE d.state IN ('waiting', 'claimed', 'handing', 'deferred'))
    AS open,
  count(d.delivery_ref) FILTER (WHERE d.state = 'refused') AS refused,
  count(d.delivery_ref) FILTER (WHERE d.state = 'failed') AS failed,
  count(d.delivery_ref) FILTER (WHERE d.state = 'ambiguous') AS ambiguous,
  strftime('%Y-%m-%dT%H:%M:%SZ', min(d.sent_at_ms) / 1000, 'unixepoch') AS first_sent_at,
  strftime('%Y-%m-%dT%H:%M:%SZ', max(d.sent_at_ms) / 1000, 'unixepoch') AS last_sent_at
FROM edition e
LEFT JOIN delivery d USING (edition_ref)
GROUP BY e.edition_ref;

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

CREATE VIEW exchange_rate_by_month AS
WITH standing AS (
  SELECT e.* FROM exchange_rate e
  WHERE e.withdrawn = 0 AND NOT EXISTS (
    SELECT 1 FROM exchange_rate n
    WHERE n.currency = e.currency AND n.month_ms = e.month_ms AND n.source_id = e.source_id
      AND (n.recorded_at_ms, n.version) > (e.recorded_at_ms, e.version)
  )
), ranked AS (
  SELECT s.*, row_number() OVER (
    PARTITION BY s.currency, s.month_ms
    -- What rentcheck.yaml states comes first.
    ORDER BY s.source_id = 'config:currencies' DESC, s.recorded_at_ms DESC, s.version DESC,
      s.source_id DESC
  ) AS place
  FROM standing s
)
SELECT
  currency,
  strftime('%Y-%m', month_ms / 1000, 'unixepoch') AS month,
  CAST(usd_num AS REAL) / CAST(usd_den AS REAL) AS usd_per_unit,
  source_id AS source,
  strftime('%Y-%m-%dT%H:%M:%fZ', recorded_at_ms / 1000.0, 'unixepoch') AS recorded_at,
  usd_num,
  usd_den,
  fetch_ref
FROM ranked
WHERE place = 1;

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

CREATE VIEW gpu_rate_by_region AS
WITH newest AS (
  SELECT
    r.*,
    lead(valid_from_ms) OVER (
      PARTITION BY source_id, provider, gpu_type, pricing_class ORDER BY valid_from_ms
    ) AS next_ms
  FROM gpu_rate r
  WHERE r.withdrawn = 0 AND NOT EXISTS (
    SELECT 1 FROM gpu_rate n
    WHERE n.source_id = r.source_id AND n.provider = r.provider AND n.gpu_type = r.gpu_type
      AND n.pricing_class = r.pricing_class AND n.valid_from_ms = r.valid_from_ms
      AND (n.recorded_at_ms, n.version) > (r.recorded_at_ms, r.version)
  )
), told AS (
  SELECT n.*, j.key AS region, j.value AS nano_usd,
    lag(j.value) OVER region_in_time AS before,
    lag(next_ms) OVER region_in_time AS told_until_ms
  FROM newest n, json_each(n.regions_json) j
  WINDOW region_in_time AS (
    PARTITION BY source_id, provider, gpu_type, pricing_class, j.key ORDER BY valid_from_ms
  )
), stretches AS (
  SELECT *,
    -- A region that was not listed in between begins anew.
    sum(before IS NOT nano_usd OR told_until_ms IS NOT valid_from_ms) OVER (
      PARTITION BY source_id, provider, gpu_type, pricing_class, region ORDER BY valid_from_ms
    ) AS stretch
  FROM told
)
SELECT
  source_id AS source,
  provider,
  gpu_type,
  pricing_class,
  region,
  strftime('%Y-%m-%dT%H:%M:%SZ', min(valid_from_ms) / 1000, 'unixepoch') AS valid_from,
  -- Null while the rate is in force.
  CASE count(*) WHEN count(next_ms)
    THEN strftime('%Y-%m-%dT%H:%M:%SZ', max(next_ms) / 1000, 'unixepoch') END AS valid_to,
  nano_usd / 1e9 AS usd_per_gpu_hour,
  nano_usd AS nano_usd_per_gpu_hour,
  -- 1 where a catalog told it; null where who rents it out did.
  max(second_hand) AS second_hand
FROM stretches
GROUP BY source_id, provider, gpu_type, pricing_class, region, stretch;

CREATE VIEW gpu_rate_history AS
WITH newest AS (
  SELECT
    r.*,
    lag(nano_usd_per_gpu_hour) OVER (
      PARTITION BY source_id, provider, gpu_type, pricing_class ORDER BY valid_from_ms
    ) AS before
  FROM gpu_rate r
  WHERE r.withdrawn = 0 AND NOT EXISTS (
    SELECT 1 FROM gpu_rate n
    WHERE n.source_id = r.source_id AND n.provider = r.provider AND n.gpu_type = r.gpu_type
      AND n.pricing_class = r.pricing_class AND n.valid_from_ms = r.valid_from_ms
      AND (n.recorded_at_ms, n.version) > (r.recorded_at_ms, r.version)
  )
)
SELECT
  source_id AS source,
  provider,
  gpu_type,
  pricing_class,
  strftime('%Y-%m-%dT%H:%M:%SZ', valid_from_ms / 1000, 'unixepoch') AS valid_from,
  -- Null while the rate is in force.
  strftime('%Y-%m-%dT%H:%M:%SZ', lead(valid_from_ms) OVER rate_in_time / 1000, 'unixepoch')
    AS valid_to,
  nano_usd_per_gpu_hour / 1e9 AS usd_per_gpu_hour,
  nano_usd_per_gpu_hour,
  -- 1 where a catalog told it; null where who rents it out did.
  second_hand
FROM newest
WHERE before IS NOT nano_usd_per_gpu_hour
WINDOW rate_in_time AS (
  PARTITION BY source_id, provider, gpu_type, pricing_class ORDER BY valid_from_ms
);

CREATE VIEW hosted_price_history AS
WITH newest AS (
  SELECT p.* FROM hosted_price p
  WHERE p.withdrawn = 0 AND NOT EXISTS (
    SELECT 1 FROM hosted_price n
    WHERE n.source_id = p.source_id AND n.model = p.model AND n.host = p.host
      AND n.quantization = p.quantization AND n.service_tier = p.service_tier
      AND n.valid_from_ms = p.valid_from_ms
      AND (n.recorded_at_ms, n.version) > (p.recorded_at_ms, p.version)
  )
)
SELECT
  source_id AS source,
  model,
  host,
  coalesce(host_name, host) AS host_name,
  quantization,
  iif(service_tier = '', 'standard', service_tier) AS service_tier,
  strftime('%Y-%m-%dT%H:%M:%SZ', valid_from_ms / 1000, 'unixepoch') AS valid_from,
  -- Null while the price is in force.
  strftime('%Y-%m-%dT%H:%M:%SZ', lead(valid_from_ms) OVER host_in_time / 1000, 'unixepoch')
    AS valid_to,
  -- Null is "not sold" or "not told", 0 is free.
  input_nano_usd_per_mtok / 1e9 AS input_usd_per_mtok,
  cached_input_nano_usd_per_mtok / 1e9 AS cached_usd_per_mtok,
  cache_write_nano_usd_per_mtok / 1e9 AS cache_write_usd_per_mtok,
  output_nano_usd_per_mtok / 1e9 AS output_usd_per_mtok,
  request_nano_usd / 1e9 AS request_usd,
  -- Prices under conditions, in order: a JSON array; null where there is none.
  overrides_json AS overrides,
  context_length,
  free,
  offered,
  coalesce(second_hand, 0) AS second_hand,
  region,
  data_policy,
  input_nano_usd_per_mtok,
  cached_input_nano_usd_per_mtok AS cached_nano_usd_per_mtok,
  cache_write_nano_usd_per_mtok,
  output_nano_usd_per_mtok,
  request_nano_usd
FROM newest
WINDOW host_in_time AS (
  PARTITION BY source_id, model, host, quantization, service_tier ORDER BY valid_from_ms
);

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

CREATE VIEW latency_by_hour AS
WITH in_force AS (
  SELECT * FROM latency_histogram h
  WHERE h.withdrawn = 0 AND NOT EXISTS (
    SELECT 1 FROM latency_histogram n
    WHERE n.deployment = h.deployment AND n.source_id = h.source_id AND n.measure = h.measure
      AND n.start_ms = h.start_ms
      AND (n.recorded_at_ms, n.version) > (h.recorded_at_ms, h.version)
  )
), bucket AS (
  SELECT h.start_ms, h.deployment, h.source_id, h.measure, c.key AS place, c.value AS count,
    b.value AS upper,
    lag(b.value, 1, min(0, b.value)) OVER one AS lower,
    sum(c.value) OVER one AS upto,
    sum(c.value) OVER (PARTITION BY h.deployment, h.source_id, h.measure, h.start_ms) AS counted
  FROM in_force h, json_each(h.counts_json) c
  LEFT JOIN json_each(h.bounds_json) b ON b.key = c.key
  WINDOW one AS (
    PARTITION BY h.deployment, h.source_id, h.measure, h.start_ms ORDER BY c.key
  )
), wanted (name, share) AS (VALUES ('p50', 0.5), ('p95', 0.95)
), quantile AS (
  -- Linear within the bucket; beyond the last bound only that bound is known.
  SELECT b.start_ms, b.deployment, b.source_id, b.measure, b.counted, w.name,
    CASE WHEN b.upper IS NULL THEN b.lower
      ELSE b.lower + (b.upper - b.lower) * (w.share * b.counted - (b.upto - b.count)) / b.count
    END AS seconds,
    b.upper IS NULL AS is_more
  FROM bucket b JOIN wanted w
  WHERE b.count > 0 AND b.upto >= w.share * b.counted AND b.upto - b.count < w.share * b.counted
)
SELECT
  strftime('%Y-%m-%dT%H:%M:%SZ', start_ms / 1000, 'unixepoch') AS hour,
  deployment,
  source_id AS source,
  measure,
  counted AS count,
  max(seconds) FILTER (WHERE name = 'p50') AS p50_seconds,
  max(seconds) FILTER (WHERE name = 'p95') AS p95_seconds,
  -- 1 where it is longer than the last bound, which then stands in its place.
  max(is_more) FILTER (WHERE name = 'p50') AS p50_is_more,
  max(is_more) FILTER (WHERE name = 'p95') AS p95_is_more,
  start_ms
FROM quantile
GROUP BY start_ms, deployment, source_id, measure;

CREATE VIEW option_by_deployment AS
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
  strftime('%Y-%m-%dT%H:%M:%SZ', r.window_start_ms / 1000, 'unixepoch') AS window_start,
  strftime('%Y-%m-%dT%H:%M:%SZ', r.window_end_ms / 1000, 'unixepoch') AS window_end,
  o.deployment,
  o.option,
  -- Null where a figure that the option needs is unknown.
  o.cost_nano_usd / 1e9 AS cost_usd,
  o.infra_nano_usd / 1e9 AS infra_usd,
  o.labor_nano_usd / 1e9 AS labor_usd,
  o.hosted_nano_usd / 1e9 AS hosted_usd,
  o.stranded_nano_usd / 1e9 AS stranded_usd,
  o.saving_nano_usd / 1e9 AS saving_usd,
  o.cost_nano_usd,
  o.infra_nano_usd,
  o.labor_nano_usd,
  o.hosted_nano_usd,
  o.stranded_nano_usd,
  o.saving_nano_usd,
  r.run_id,
  o.gpu_nano_usd / 1e9 AS gpu_usd,
  o.storage_nano_usd / 1e9 AS storage_usd,
  o.other_nano_usd / 1e9 AS other_usd,
  o.migration_nano_usd / 1e9 AS migration_usd,
  -- That the option is cheaper than keeping; low and high bound its saving in 90 % of the draws.
  o.probability,
  o.low_nano_usd / 1e9 AS low_usd,
  o.high_nano_usd / 1e9 AS high_usd,
  o.gpu_nano_usd,
  o.storage_nano_usd,
  o.other_nano_usd,
  o.migration_nano_usd,
  o.low_nano_usd,
  o.high_nano_usd
FROM ranked r
JOIN audit_option o ON o.run_ref = r.run_ref
WHERE r.place = 1;

CREATE VIEW pull_history AS
SELECT
  f.fetch_ref,
  f.source_id AS source,
  f.kind,
  f.url,
  strftime('%Y-%m-%dT%H:%M:%SZ', f.window_start_ms / 1000, 'unixepoch') AS window_start,
  strftime('%Y-%m-%dT%H:%M:%SZ', f.window_end_ms / 1000, 'unixepoch') AS window_end,
  strftime('%Y-%m-%dT%H:%M:%fZ', f.started_at_ms / 1000.0, 'unixepoch') AS started_at,
  strftime('%Y-%m-%dT%H:%M:%fZ', f.ended_at_ms / 1000.0, 'unixepoch') AS ended_at,
  f.status,
  -- Facts that were new or restated; unchanged ones were known before.
  f.added + f.restated AS rows,
  f.added,
  f.restated,
  f.unchanged,
  f.rejected AS rejects,
  f.failure_code AS failure,
  f.failure_message,
  f.finished,
  f.digest,
  b.plain_bytes AS bytes,
  f.warnings_json AS warnings,
  -- Of imports: the time that their facts speak of, and what became of them.
  strftime('%Y-%m-%dT%H:%M:%SZ', f.facts_start_ms / 1000, 'unixepoch') AS facts_start,
  strftime('%Y-%m-%dT%H:%M:%SZ', f.facts_end_ms / 1000, 'unixepoch') AS facts_end,
  strftime('%Y-%m-%dT%H:%M:%SZ', f.facts_reach_ms / 1000, 'unixepoch') AS facts_reach,
  f.same_as_ref AS same_as,
  (SELECT min(u.undone_ref) FROM import_undo u WHERE u.undo_ref = f.fetch_ref) AS undoes,
  (SELECT max(u.undo_ref) FROM import_undo u WHERE u.undone_ref = f.fetch_ref AND u.counts = 1)
    AS undone_by
FROM fetch f
LEFT JOIN raw_body b ON b.body_ref = f.body_ref;

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

CREATE VIEW spend_by_day AS
WITH billed AS (
  SELECT
    s.day,
    s.source_id,
    s.resource_id,
    s.category,
    s.pricing_class,
    CASE WHEN sum(s.named) < 2 THEN max(CASE WHEN s.named = 1 THEN s.resource_name END)
    -- It had several names on that day: what it was called last.
    ELSE (
      SELECT c.resource_name
      FROM charge_day d
      JOIN charge c ON c.charge_ref = d.charge_ref
      WHERE d.day_ms = s.day_ms AND c.source_id = s.source_id AND c.resource_id = s.resource_id
        AND c.category = s.category AND c.pricing_class = s.pricing_class
        AND c.resource_name IS NOT NULL AND c.withdrawn = 0 AND NOT EXISTS (
          SELECT 1 FROM charge n
          WHERE n.source_id = c.source_id AND n.charge_key = c.charge_key
            AND (n.recorded_at_ms, n.version) > (c.recorded_at_ms, c.version)
        )
      ORDER BY c.start_ms DESC, c.resource_name DESC
      LIMIT 1
    ) END AS resource_name,
    sum(s.billed_nano_usd) AS nano
  FROM spend_day s
  GROUP BY s.day, s.source_id, s.resource_id, s.category, s.pricing_class
)
SELECT
  day,
  source_id AS source,
  resource_id,
  resource_name,
  category,
  pricing_class,
  nano / 1e9 AS spend_usd,
  -- To the nearest micro-dollar, half to even.
  nano / 1000 + CASE
    WHEN abs(nano % 1000) > 500 OR (abs(nano % 1000) = 500 AND (nano / 1000) % 2 <> 0)
    THEN sign(nano) ELSE 0
  END AS spend_micro_usd,
  nano AS spend_nano_usd
FROM billed;

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

CREATE VIEW usage_by_day AS
SELECT
  d.day,
  s.deployment,
  s.source_id AS source,
  d.uncached_prompt_tokens + coalesce(d.cached_prompt_tokens, 0) AS prompt_tokens,
  -- Null where no interval of the day knows it; *_known counts the intervals that do.
  d.cached_prompt_tokens AS cached_tokens,
  d.output_tokens,
  d.uncached_prompt_tokens + coalesce(d.cached_prompt_tokens, 0) + d.output_tokens AS tokens,
  d.requests,
  d.busy_ms / 3600000.0 AS busy_hours,
  d.replica_ms / 3600000.0 AS replica_hours,
  d.busy_ms,
  d.replica_ms,
  d.intervals,
  d.cached_known AS intervals_cached_known,
  d.requests_known AS intervals_requests_known,
  d.busy_known AS intervals_busy_known,
  d.replicas_known AS intervals_replicas_known,
  d.estimated AS intervals_estimated
FROM usage_day d
JOIN usage_series s ON s.series_ref = d.series_ref;

CREATE VIEW verdict_history AS
SELECT
  strftime('%Y-%m-%dT%H:%M:%SZ', r.computed_at_ms / 1000, 'unixepoch') AS computed_at,
  r.quarter,
  strftime('%Y-%m-%dT%H:%M:%SZ', r.window_start_ms / 1000, 'unixepoch') AS window_start,
  strftime('%Y-%m-%dT%H:%M:%SZ', r.window_end_ms / 1000, 'unixepoch') AS window_end,
  strftime('%Y-%m-%dT%H:%M:%SZ', r.as_of_ms / 1000, 'unixepoch') AS as_of,
  v.deployment,
  v.verdict,
  v.probability,
  v.saving_nano_usd / 1e9 AS saving_usd,
  v.saving_nano_usd,
  r.run_id,
  r.code_version,
  v.leaning,
  -- The saving's 90 % interval.
  v.low_nano_usd / 1e9 AS low_usd,
  v.high_nano_usd / 1e9 AS high_usd,
  v.low_nano_usd,
  v.high_nano_usd
FROM audit_run r
JOIN (
  SELECT
    run_ref,
    NULL AS deployment,
    verdict,
    probability,
    saving_nano_usd,
    NULL AS leaning,
    low_nano_usd,
    high_nano_usd
  FROM audit_run
  UNION ALL
  SELECT
    run_ref,
    deployment,
    verdict,
    probability,
    saving_nano_usd,
    leaning,
    low_nano_usd,
    high_nano_usd
  FROM audit_deployment
) v ON v.run_ref = r.run_ref;
