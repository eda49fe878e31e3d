-- Invoices in other currencies: the amount as it was asked for. Its dollars follow from the rate of
-- the month whenever they are read, so that no rate and no other rate change what was told.

-- SQLite cannot take NOT NULL off a column: the table is made anew and keeps its rows as they are.
ALTER TABLE invoice_line RENAME TO invoice_line_before;
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
INSERT INTO invoice_line
SELECT source_id, line_key, version, invoice_id, issued_ms, start_ms, end_ms, amount_nano_usd,
  resource_id, category, withdrawn, recorded_at_ms, fetch_ref, position, undo_ref, NULL, NULL
FROM invoice_line_before;
DROP TABLE invoice_line_before;
