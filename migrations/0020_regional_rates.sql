-- What a rate is in each region, where a catalog tells it: a JSON object of nano-dollars by region.
-- The rate itself stays what the provider asks over all of them.
ALTER TABLE gpu_rate ADD COLUMN regions_json TEXT;
