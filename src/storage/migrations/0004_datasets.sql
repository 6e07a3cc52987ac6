-- The writes of dataset records, as they came and in the order in which they came. What a record is at a
-- version is what its writes up to that transaction add up to, so an old version never changes.
CREATE TABLE IF NOT EXISTS dataset_records
(
    project_id UUID,
    dataset_id UUID,
    id String,
    xact_id UInt64,
    written_at DateTime64(6, 'UTC'),                  -- arrival: the order within a transaction
    delivery UInt64,                                  -- the same for a write that is delivered again
    kind Enum8('whole' = 1, 'merge' = 2, 'delete' = 3),
    bytes UInt32,                                     -- of `row`
    row String CODEC(ZSTD(3))                         -- JSON text
)
ENGINE = {MergeTree}
ORDER BY (project_id, dataset_id, id, xact_id, written_at)
SETTINGS {durable}, index_granularity = 1024;
