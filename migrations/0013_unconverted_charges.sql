-- Charges that a fetch told in a currency without a rate: money that is billed and not counted.
-- One row per fetch, currency and month of the rate; their rows are in `reject`.
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
