-- How the money of a charge came about, in which currency and on which invoice it was billed, and
-- which commitment it is of.

-- What an estimated charge was rebuilt from: its quantity at list or at negotiated prices. Null is
-- its time at a price, as all estimated charges from before.
ALTER TABLE charge ADD COLUMN rebuilt_from TEXT CHECK (rebuilt_from IN ('list', 'negotiated'));

-- As it was billed, where that was not in US dollars: an ISO 4217 code, and plain decimals.
ALTER TABLE charge ADD COLUMN original_currency TEXT;
ALTER TABLE charge ADD COLUMN original_amount TEXT;
ALTER TABLE charge ADD COLUMN original_list TEXT;
ALTER TABLE charge ADD COLUMN original_effective TEXT;

-- The invoice that carries it.
ALTER TABLE charge ADD COLUMN invoice_id TEXT;
ALTER TABLE charge ADD COLUMN invoice_issued_ms INTEGER;

-- The commitment that it draws from, that it leaves unused, or that it buys.
ALTER TABLE charge ADD COLUMN commitment_id TEXT;
ALTER TABLE charge ADD COLUMN commitment_status TEXT
  CHECK (commitment_status IN ('used', 'unused', 'purchase'));
