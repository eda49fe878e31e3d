-- For how much time of its replicas an interval's counts tell, seen or not: who tells of more knows
-- more. Null where it is replica_ms.
ALTER TABLE usage ADD COLUMN counted_ms INTEGER CHECK (counted_ms >= 0);
