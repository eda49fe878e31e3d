-- What it takes to be honest about files: an import can be taken back, a repeated line is
-- remembered, and the rejects of the same bytes are kept once.

-- Set where the same bytes came in before and this time changed nothing: the import they repeat.
ALTER TABLE fetch ADD COLUMN same_as_ref INTEGER REFERENCES fetch (fetch_ref);
-- Set where another fetch of the same bytes holds this one's rejects.
ALTER TABLE fetch ADD COLUMN rejects_ref INTEGER REFERENCES fetch (fetch_ref);
-- The end of the newest fact that the fetch told and that was not refused; of dated prices and
-- rates the moment from which the newest holds.
ALTER TABLE fetch ADD COLUMN facts_reach_ms INTEGER;
CREATE INDEX fetch_with_rejects ON fetch (digest) WHERE rejected > 0;
CREATE INDEX fetch_by_hand ON fetch (fetch_ref)
  WHERE (kind >= 'import.' AND kind < 'import/') OR kind = 'ops.add';

-- The fetch whose fact was in the way of the refused line.
ALTER TABLE reject ADD COLUMN met_ref INTEGER REFERENCES fetch (fetch_ref);
CREATE INDEX reject_met ON reject (met_ref) WHERE met_ref IS NOT NULL;

-- Set where an undo wrote this version; its fetch is then the one whose line holds again.
ALTER TABLE charge ADD COLUMN undo_ref INTEGER REFERENCES fetch (fetch_ref);
ALTER TABLE usage ADD COLUMN undo_ref INTEGER REFERENCES fetch (fetch_ref);
ALTER TABLE hosted_price ADD COLUMN undo_ref INTEGER REFERENCES fetch (fetch_ref);
ALTER TABLE gpu_rate ADD COLUMN undo_ref INTEGER REFERENCES fetch (fetch_ref);
ALTER TABLE ops_entry ADD COLUMN undo_ref INTEGER REFERENCES fetch (fetch_ref);

-- Prices, rates and hours can be withdrawn as charges and usage always could.
ALTER TABLE hosted_price
  ADD COLUMN withdrawn INTEGER NOT NULL DEFAULT 0 CHECK (withdrawn IN (0, 1));
ALTER TABLE gpu_rate
  ADD COLUMN withdrawn INTEGER NOT NULL DEFAULT 0 CHECK (withdrawn IN (0, 1));
ALTER TABLE ops_entry
  ADD COLUMN withdrawn INTEGER NOT NULL DEFAULT 0 CHECK (withdrawn IN (0, 1));

-- The columns, as a JSON list, that the line left out and that were taken over from before.
ALTER TABLE charge ADD COLUMN left_out TEXT;

-- What a fetch restated is listed by fetch; most facts are never restated.
CREATE INDEX charge_restated ON charge (fetch_ref) WHERE version > 1;
CREATE INDEX usage_restated ON usage (fetch_ref) WHERE version > 1;

-- One row per fact of an import that another answer repeated. A repeated fact stays when the
-- import that first told it is taken back.
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

-- One row per import that an undo took back, and per undo that another one took back.
CREATE TABLE import_undo (
  undo_ref INTEGER NOT NULL REFERENCES fetch (fetch_ref),
  undone_ref INTEGER NOT NULL REFERENCES fetch (fetch_ref),
  -- Whether it takes effect now: the undo is not undone itself.
  counts INTEGER NOT NULL CHECK (counts IN (0, 1)),
  PRIMARY KEY (undo_ref, undone_ref)
) STRICT, WITHOUT ROWID;
CREATE INDEX import_undo_of ON import_undo (undone_ref);
