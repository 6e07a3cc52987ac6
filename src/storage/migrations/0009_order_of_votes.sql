-- The order of what people said, apart from the time that is shown: of a clock that is a few seconds fast
-- `judged_at` is the arrival, which says nothing of the order (time.ts). What is there already keeps its order.
ALTER TABLE feedback ADD COLUMN IF NOT EXISTS ordered_at DateTime64(6, 'UTC') DEFAULT judged_at AFTER judged_at;
