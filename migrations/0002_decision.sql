-- What the decision adds to a stored audit: costs by part, odds, and 90 % intervals of savings.
-- Null in audits that were stored before, and wherever it is unknown.

ALTER TABLE audit_run ADD COLUMN low_nano_usd INTEGER;
ALTER TABLE audit_run ADD COLUMN high_nano_usd INTEGER;
-- What keeping everything costs, and what the best plan does.
ALTER TABLE audit_run ADD COLUMN keep_nano_usd INTEGER;
ALTER TABLE audit_run ADD COLUMN plan_nano_usd INTEGER;

-- The option that looks best where the verdict does not say so.
ALTER TABLE audit_deployment ADD COLUMN leaning TEXT;
ALTER TABLE audit_deployment ADD COLUMN low_nano_usd INTEGER;
ALTER TABLE audit_deployment ADD COLUMN high_nano_usd INTEGER;

-- Parts of the option's cost; migration is paid once.
-- The odds are those of being cheaper than keeping.
ALTER TABLE audit_option ADD COLUMN gpu_nano_usd INTEGER;
ALTER TABLE audit_option ADD COLUMN storage_nano_usd INTEGER;
ALTER TABLE audit_option ADD COLUMN other_nano_usd INTEGER;
ALTER TABLE audit_option ADD COLUMN migration_nano_usd INTEGER;
ALTER TABLE audit_option ADD COLUMN probability REAL;
ALTER TABLE audit_option ADD COLUMN low_nano_usd INTEGER;
ALTER TABLE audit_option ADD COLUMN high_nano_usd INTEGER;
