-- Whose word the rate of a GPU is: 1 where a catalog told it, null where who rents it out did.
ALTER TABLE gpu_rate ADD COLUMN second_hand INTEGER CHECK (second_hand = 1);
