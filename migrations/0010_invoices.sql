-- Invoices: what a provider asked for in writing, to be laid beside the charges. No money spent.

-- One row per version of a line of an invoice.
CREATE TABLE invoice_line (
  source_id TEXT NOT NULL,
  line_key TEXT NOT NULL,
  version INTEGER NOT NULL,
  invoice_id TEXT NOT NULL,
  issued_ms INTEGER,
  start_ms INTEGER NOT NULL,
  end_ms INTEGER NOT NULL CHECK (start_ms < end_ms),
  amount_nano_usd INTEGER NOT NULL,
  resource_id TEXT,
  category TEXT,
  withdrawn INTEGER NOT NULL DEFAULT 0 CHECK (withdrawn IN (0, 1)),
  recorded_at_ms INTEGER NOT NULL,
  fetch_ref INTEGER NOT NULL REFERENCES fetch (fetch_ref),
  position INTEGER NOT NULL,
  undo_ref INTEGER REFERENCES fetch (fetch_ref),
  PRIMARY KEY (source_id, line_key, version)
) STRICT, WITHOUT ROWID;
