-- Tokens that were bought from hosted APIs, as their usage tells them. Their money is in charges.

-- One row per version of what a host served of one model in one period.
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
