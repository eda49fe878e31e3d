-- What is told of usage beside its rows: who and what it was for, how long it took, what the GPUs
-- say of themselves, and requests without tokens.

-- One row per version of a part of usage: of the intervals of its source that begin in its time.
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
-- How far back one may begin that reaches into a stretch of time.
CREATE INDEX usage_part_length ON usage_part (deployment, source_id, end_ms - start_ms);

-- One row per version of a histogram of latencies.
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
-- How far back one may begin that reaches into a stretch of time.
CREATE INDEX latency_histogram_length ON latency_histogram (deployment, source_id, end_ms - start_ms);

-- One row per version of what the GPUs of a deployment say of themselves, weighted by GPU time.
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
-- How far back one may begin that reaches into a stretch of time.
CREATE INDEX gpu_activity_length ON gpu_activity (deployment, source_id, end_ms - start_ms);

-- One row per version of a count of requests whose tokens are not known by class.
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
-- How far back one may begin that reaches into a stretch of time.
CREATE INDEX request_count_length ON request_count (deployment, source_id, end_ms - start_ms);
