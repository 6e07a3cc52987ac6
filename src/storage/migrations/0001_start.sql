-- The present shape of every table. Names in braces are filled in by migrate.ts.

-- The current state of each span, narrow: what lists, trees and filters read.
-- The key of a row never changes: `time` is the time in a Heed id (that of its trace), or for other
-- ids the first `created` seen.
CREATE TABLE IF NOT EXISTS spans
(
    project_id UUID,
    time DateTime64(3, 'UTC'),
    id String,
    version UInt64,                                   -- see fold.ts: order of the newest write, then how many
    is_deleted UInt8,
    is_folded UInt8,                                  -- 1: made from the entries in `patches`
    is_root UInt8,
    xact_id UInt64,
    trace_id String,                                  -- root_span_id on the wire
    span_id String,
    span_parents Array(String),
    created DateTime64(6, 'UTC'),
    start_time Nullable(Float64),                     -- unix seconds
    end_time Nullable(Float64),                       -- unix seconds
    exec_counter UInt64,                              -- order of siblings made in the same moment
    name String,
    type LowCardinality(String),
    model LowCardinality(String),
    user String,
    session String,
    tags Array(String),
    metadata Map(LowCardinality(String), String),     -- flattened paths, for filters
    metrics Map(LowCardinality(String), Float64),
    scores Map(LowCardinality(String), Float64),      -- logged by the program itself
    error String,                                     -- first line
    comment String,
    has_expected UInt8,
    input String,                                     -- preview, plain text
    output String,                                    -- preview, plain text
    INDEX id_bloom id TYPE bloom_filter(0.001) GRANULARITY 1,
    INDEX trace_bloom trace_id TYPE bloom_filter(0.001) GRANULARITY 1
)
ENGINE = {ReplacingMergeTree}(version, is_deleted)
ORDER BY (project_id, time, id)
SETTINGS {durable};

-- The whole row of each span, as JSON text by part; the truth that `spans` is an index of.
CREATE TABLE IF NOT EXISTS payloads
(
    project_id UUID,
    time DateTime64(3, 'UTC'),
    id String,
    version UInt64,
    input String CODEC(ZSTD(3)),
    output String CODEC(ZSTD(3)),
    expected String CODEC(ZSTD(3)),
    error String CODEC(ZSTD(3)),
    metadata String CODEC(ZSTD(3)),
    rest String CODEC(ZSTD(3))                        -- every other key of the row, one JSON object
)
ENGINE = {ReplacingMergeTree}(version)
ORDER BY (project_id, time, id)
SETTINGS {durable}, index_granularity = 1024;

-- Writes of rows that were ever merged into, as they came: what a fold starts from.
CREATE TABLE IF NOT EXISTS patches
(
    project_id UUID,
    id String,
    written_at DateTime64(6, 'UTC'),                  -- the order of a row's writes
    hash UInt64,                                      -- of kind and row: a delivery again is the same entry
    xact_id UInt64,
    kind Enum8('whole' = 1, 'merge' = 2, 'delete' = 3),
    row String CODEC(ZSTD(3))
)
ENGINE = {ReplacingMergeTree}
ORDER BY (project_id, id, written_at, hash)
SETTINGS {durable};

-- The ledger: one call of logFeedback is one event, and no event ever changes.
CREATE TABLE IF NOT EXISTS feedback
(
    project_id UUID,
    target_trace String,                              -- of a Heed id; empty for other ids
    target String,
    feedback_id String,
    xact_id UInt64,
    judged_at DateTime64(6, 'UTC'),                   -- the order of votes
    user String,                                      -- empty: anonymous
    source LowCardinality(String),
    scores Map(LowCardinality(String), Float64),
    retracts Array(LowCardinality(String)),           -- names given as null
    expected String CODEC(ZSTD(3)),                   -- JSON text, or empty
    comment String CODEC(ZSTD(3)),
    replaces String,                                  -- feedback_id whose comment this edits or deletes
    reply_to String,                                  -- feedback_id whose comment this answers
    tags Array(String),
    metadata String CODEC(ZSTD(3)),                   -- JSON text, or empty
    INDEX feedback_id_bloom feedback_id TYPE bloom_filter(0.001) GRANULARITY 1
)
ENGINE = {ReplacingMergeTree}(xact_id)
ORDER BY (project_id, target_trace, target, feedback_id)
SETTINGS {durable};

-- Control data: the newest entry of (kind, key) is in force; the older ones are its history.
CREATE TABLE IF NOT EXISTS catalog
(
    kind LowCardinality(String),
    key String,
    xact_id UInt64,
    body String                                       -- JSON text
)
ENGINE = {MergeTree}
ORDER BY (kind, key, xact_id)
SETTINGS {durable};
