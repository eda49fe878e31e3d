-- What the worker remembers: what of its timetable is done, which windows were pulled, and who may
-- write. Bookkeeping of work and no facts: losing it costs another pull, never a figure.

CREATE TABLE work_done (
  -- A line of the timetable, e.g. 'usage' or 'quarter'.
  line TEXT NOT NULL,
  -- What it was done for: a source, a quarter, or '' for the line as a whole.
  subject TEXT NOT NULL,
  -- The latest due moment up to which it is done; it only ever grows.
  due_at_ms INTEGER NOT NULL,
  done_at_ms INTEGER NOT NULL,
  PRIMARY KEY (line, subject)
) STRICT, WITHOUT ROWID;

CREATE TABLE pulled_window (
  source_id TEXT NOT NULL,
  -- What the source told all of: 'charges', 'usage', ...
  fact TEXT NOT NULL,
  start_ms INTEGER NOT NULL,
  end_ms INTEGER NOT NULL,
  -- The last time that any of it was pulled; it only ever grows.
  pulled_at_ms INTEGER NOT NULL,
  PRIMARY KEY (source_id, fact, start_ms),
  CHECK (start_ms < end_ms)
) STRICT, WITHOUT ROWID;

-- One row: the worker that writes. Whoever takes the role counts the token up; a worker that holds
-- an older one writes nothing any more.
CREATE TABLE writer (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  -- Told apart from any other ledger, for workers that share a queue must share the ledger.
  ledger_id TEXT NOT NULL,
  token INTEGER NOT NULL,
  holder TEXT NOT NULL,
  taken_at_ms INTEGER NOT NULL
) STRICT;

INSERT INTO writer VALUES (1, lower(hex(randomblob(16))), 0, '', 0);
