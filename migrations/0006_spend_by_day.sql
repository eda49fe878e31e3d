-- What was billed by day, kept beside the charges: a question about some days reads those alone.

-- One row per day, source, resource, name, category and pricing class: the charges in force.
CREATE TABLE spend_day (
  -- As a person asks for it: 2026-07-01.
  day TEXT NOT NULL,
  day_ms INTEGER NOT NULL,
  source_id TEXT NOT NULL,
  resource_id TEXT NOT NULL,
  category TEXT NOT NULL,
  pricing_class TEXT NOT NULL,
  -- 0 where the bill gave the resource no name; the name is then empty.
  named INTEGER NOT NULL CHECK (named IN (0, 1)),
  resource_name TEXT NOT NULL CHECK (named = 1 OR resource_name = ''),
  billed_nano_usd INTEGER NOT NULL,
  -- Charges that touch the day; a row without any is gone.
  charges INTEGER NOT NULL CHECK (charges > 0),
  PRIMARY KEY (day, source_id, resource_id, category, pricing_class, named, resource_name)
) STRICT, WITHOUT ROWID;

-- Of charges longer than a day, which are few, so that whoever reads a window of short ones finds
-- the long ones that reach into it without reading all that came later.
CREATE INDEX charge_long ON charge (end_ms, start_ms) WHERE end_ms - start_ms > 86400000;

-- Few charges are ever restated: whether one was is asked of those few.
CREATE INDEX charge_again ON charge (source_id, charge_key) WHERE version > 1;

INSERT INTO spend_day
SELECT date(d.day_ms / 1000, 'unixepoch'), d.day_ms, c.source_id, c.resource_id, c.category,
  c.pricing_class, c.resource_name IS NOT NULL, coalesce(c.resource_name, ''), sum(d.billed_nano_usd), count(*)
FROM charge_day d
JOIN charge c ON c.charge_ref = d.charge_ref
WHERE c.withdrawn = 0 AND NOT EXISTS (
  SELECT 1 FROM charge n
  WHERE n.source_id = c.source_id AND n.charge_key = c.charge_key
    AND (n.recorded_at_ms, n.version) > (c.recorded_at_ms, c.version)
)
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8;
