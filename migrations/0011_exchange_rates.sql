-- What a currency was worth in US dollars, month by month, and the charges that rest on it.

-- One row per version of a month's rate, by who told it.
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

-- Set where a rate wrote this version of a charge: the fetch or the undo that changed the rate. The
-- charge's fetch is still the one that told it.
ALTER TABLE charge ADD COLUMN rate_ref INTEGER REFERENCES fetch (fetch_ref);
CREATE INDEX charge_in_currency ON charge (original_currency, end_ms)
  WHERE original_currency IS NOT NULL;
