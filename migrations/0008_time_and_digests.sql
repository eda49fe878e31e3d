-- The ledger's own time, which never runs backwards, and a digest of what each fetch brought.

-- One row: the newest time under which anything was recorded, or as of which it was read.
CREATE TABLE ledger_time (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  last_ms INTEGER NOT NULL,
  -- Set once something was read as of last_ms: what is recorded from then on is later.
  is_read INTEGER NOT NULL CHECK (is_read IN (0, 1))
) STRICT;

INSERT INTO ledger_time
SELECT 1, coalesce(max(at_ms), 0), 0 FROM (
  SELECT max(recorded_at_ms) AS at_ms FROM fetch
  UNION ALL SELECT max(recorded_at_ms) FROM reject
  UNION ALL SELECT max(recorded_at_ms) FROM charge
  UNION ALL SELECT max(recorded_at_ms) FROM usage
  UNION ALL SELECT max(recorded_at_ms) FROM resource_seen
  UNION ALL SELECT max(recorded_at_ms) FROM price_snapshot
  UNION ALL SELECT max(recorded_at_ms) FROM hosted_price
  UNION ALL SELECT max(recorded_at_ms) FROM host_availability
  UNION ALL SELECT max(recorded_at_ms) FROM gpu_rate
  UNION ALL SELECT max(recorded_at_ms) FROM ops_entry
  UNION ALL SELECT max(recorded_at_ms) FROM repeated_fact
  -- An audit as of a time still to come, asked for by hand, must not carry the ledger there.
  UNION ALL SELECT max(as_of_ms) + 1 FROM audit_run WHERE as_of_ms <= computed_at_ms
);

-- One row per fetch and table of facts that rest on it. The program fills it for facts from before.
CREATE TABLE fact_digest (
  fetch_ref INTEGER NOT NULL REFERENCES fetch (fetch_ref),
  fact_table TEXT NOT NULL,
  facts INTEGER NOT NULL,
  -- The sum of the rows' digests, and of each times the weight of its key: two 32-bit sums each.
  sum INTEGER NOT NULL,
  weighted INTEGER NOT NULL,
  PRIMARY KEY (fetch_ref, fact_table)
) STRICT, WITHOUT ROWID;
