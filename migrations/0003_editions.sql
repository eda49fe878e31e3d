-- Editions and their deliveries: a report frozen as bytes, and what became of each letter of it.
-- Nothing ever wrote to the table delivery of 0001, which knew neither channels nor states.

DROP VIEW IF EXISTS delivery_history;
DROP TABLE delivery;

-- One row per content, named by its digest, kept once however many editions hold it.
CREATE TABLE frozen_bytes (
  digest TEXT PRIMARY KEY NOT NULL,
  plain_bytes INTEGER NOT NULL,
  zstd BLOB NOT NULL
) STRICT;

-- One row per edition of a quarter's report.
CREATE TABLE edition (
  edition_ref INTEGER PRIMARY KEY,
  edition_id TEXT NOT NULL UNIQUE,
  quarter TEXT NOT NULL,
  number INTEGER NOT NULL CHECK (number >= 1),
  run_id TEXT NOT NULL REFERENCES audit_run (run_id),
  corrects TEXT REFERENCES edition (edition_id),
  subject TEXT NOT NULL,
  headline TEXT NOT NULL,
  -- Letters and brief, as JSON.
  content_digest TEXT NOT NULL REFERENCES frozen_bytes (digest),
  -- Over words and files; whatever is changed, it no longer fits.
  digest TEXT NOT NULL,
  frozen_at_ms INTEGER NOT NULL,
  UNIQUE (quarter, number),
  UNIQUE (quarter, run_id)
) STRICT;

-- One row per file of an edition, in the report's order.
CREATE TABLE edition_file (
  edition_ref INTEGER NOT NULL REFERENCES edition (edition_ref),
  ordinal INTEGER NOT NULL,
  name TEXT NOT NULL,
  content_type TEXT NOT NULL,
  digest TEXT NOT NULL REFERENCES frozen_bytes (digest),
  PRIMARY KEY (edition_ref, ordinal),
  UNIQUE (edition_ref, name)
) STRICT, WITHOUT ROWID;

-- One row per letter of an edition and place it goes to; written before anything is sent.
CREATE TABLE delivery (
  delivery_ref INTEGER PRIMARY KEY,
  delivery_id TEXT NOT NULL UNIQUE,
  edition_ref INTEGER NOT NULL REFERENCES edition (edition_ref),
  ordinal INTEGER NOT NULL,
  channel TEXT NOT NULL,
  recipient TEXT NOT NULL,
  role TEXT NOT NULL CHECK (role IN ('leader', 'owner', 'finance')),
  deployment TEXT CHECK ((role = 'owner') = (deployment IS NOT NULL)),
  state TEXT NOT NULL CHECK (state IN ('waiting', 'claimed', 'handing', 'sent', 'refused',
    'deferred', 'failed', 'ambiguous')),
  -- Fencing token: counts up with every claim, and with every word of a person.
  token INTEGER NOT NULL,
  tries INTEGER NOT NULL,
  worker TEXT,
  lease_until_ms INTEGER,
  deferrals INTEGER NOT NULL,
  deferred_since_ms INTEGER,
  next_try_at_ms INTEGER,
  message_id TEXT,
  message_digest TEXT REFERENCES frozen_bytes (digest),
  reply TEXT,
  code INTEGER,
  planned_at_ms INTEGER NOT NULL,
  changed_at_ms INTEGER NOT NULL,
  sent_at_ms INTEGER,
  UNIQUE (edition_ref, ordinal),
  CHECK ((state IN ('claimed', 'handing')) = (lease_until_ms IS NOT NULL)),
  CHECK ((state = 'deferred') = (next_try_at_ms IS NOT NULL)),
  CHECK ((state = 'sent') = (sent_at_ms IS NOT NULL))
) STRICT;
-- Exactly once: one letter goes to one place one time.
CREATE UNIQUE INDEX delivery_once
  ON delivery (edition_ref, channel, recipient, role, coalesce(deployment, ''));

-- One row per change of a delivery.
CREATE TABLE delivery_event (
  event_ref INTEGER PRIMARY KEY,
  delivery_ref INTEGER NOT NULL REFERENCES delivery (delivery_ref),
  at_ms INTEGER NOT NULL,
  state TEXT NOT NULL,
  token INTEGER NOT NULL,
  actor TEXT,
  code INTEGER,
  detail TEXT
) STRICT;
CREATE INDEX delivery_event_by_delivery ON delivery_event (delivery_ref, event_ref);

-- One row per change that the report's owner was told of.
CREATE TABLE delivery_notice (
  event_ref INTEGER PRIMARY KEY REFERENCES delivery_event (event_ref),
  told_at_ms INTEGER NOT NULL
) STRICT;

-- What is frozen stays, and what happened has happened.
CREATE TRIGGER edition_stays BEFORE UPDATE ON edition
BEGIN SELECT RAISE(ABORT, 'an edition is frozen'); END;
CREATE TRIGGER edition_is_kept BEFORE DELETE ON edition
BEGIN SELECT RAISE(ABORT, 'an edition is frozen'); END;
CREATE TRIGGER edition_file_stays BEFORE UPDATE ON edition_file
BEGIN SELECT RAISE(ABORT, 'an edition is frozen'); END;
CREATE TRIGGER edition_file_is_kept BEFORE DELETE ON edition_file
BEGIN SELECT RAISE(ABORT, 'an edition is frozen'); END;
CREATE TRIGGER frozen_bytes_stay BEFORE UPDATE ON frozen_bytes
BEGIN SELECT RAISE(ABORT, 'an edition is frozen'); END;
CREATE TRIGGER frozen_bytes_are_kept BEFORE DELETE ON frozen_bytes
BEGIN SELECT RAISE(ABORT, 'an edition is frozen'); END;
CREATE TRIGGER delivery_is_kept BEFORE DELETE ON delivery
BEGIN SELECT RAISE(ABORT, 'a delivery is never forgotten'); END;
CREATE TRIGGER delivery_event_stays BEFORE UPDATE ON delivery_event
BEGIN SELECT RAISE(ABORT, 'what happened has happened'); END;
CREATE TRIGGER delivery_event_is_kept BEFORE DELETE ON delivery_event
BEGIN SELECT RAISE(ABORT, 'what happened has happened'); END;
