-- Prices by service tier, cache writes, conditional prices, and whose word a price is. The empty
-- service tier is the standard one: it is part of the key, which holds no null.

-- SQLite cannot add to a primary key: the tables are made anew and keep their rows as they are.
ALTER TABLE hosted_price RENAME TO hosted_price_before;
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
INSERT INTO hosted_price
SELECT source_id, model, host, quantization, '', valid_from_ms, version, host_name,
  input_nano_usd_per_mtok, cached_input_nano_usd_per_mtok, NULL, output_nano_usd_per_mtok,
  request_nano_usd, NULL, context_length, free, offered, NULL, NULL, NULL, NULL,
  recorded_at_ms, fetch_ref, position, undo_ref, withdrawn
FROM hosted_price_before;
DROP TABLE hosted_price_before;
-- The key of a price ends with its service tier from now on.
UPDATE repeated_fact SET fact_key = substr(fact_key, 1, length(fact_key) - 1) || ',""]'
WHERE fact_table = 'hosted_price';

ALTER TABLE price_snapshot RENAME TO price_snapshot_before;
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
INSERT INTO price_snapshot
SELECT source_id, model, '', taken_at_ms, recorded_at_ms, fetch_ref, position
FROM price_snapshot_before;
DROP TABLE price_snapshot_before;

-- Medians over the last half hour or so, as the host's seller observed them.
ALTER TABLE host_availability ADD COLUMN latency_ms INTEGER;
ALTER TABLE host_availability ADD COLUMN tokens_per_second REAL;
