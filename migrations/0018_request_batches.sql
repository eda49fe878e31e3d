-- Requests of access logs by interval, so that a request which two files tell counts once.

-- One row per batch of requests that one import brought of an interval and was the first to tell.
-- Usage, parts and counts of requests are the sums of all batches whose import counts.
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
CREATE INDEX request_batch_interval ON request_batch (source_id, deployment, start_ms);
