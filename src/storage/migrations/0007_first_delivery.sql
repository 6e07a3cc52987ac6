-- An event that is delivered again stays as it was first delivered: it may be filed under another time,
-- and would overtake what its user said in between. Only feedback without an id of its own, named by its
-- content (server/row-feedback.ts), counts from when it was said last. `precedence` says which delivery
-- stands; of what is there already nobody knows which had ids of their own but by their form.
DROP TABLE IF EXISTS feedback_next;
CREATE TABLE feedback_next
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
    precedence UInt64,                                -- of the deliveries of an event the greatest stands
    INDEX feedback_id_bloom feedback_id TYPE bloom_filter(0.001) GRANULARITY 1
)
ENGINE = {ReplacingMergeTree}(precedence)
ORDER BY (project_id, target_trace, target, feedback_id)
SETTINGS {durable};
INSERT INTO feedback_next
    SELECT project_id, target_trace, target, feedback_id, xact_id, judged_at, user, source, scores, retracts,
        expected, comment, replaces, reply_to, tags, metadata,
        if(match(feedback_id, '^[0-9a-f]{32}$'), xact_id, 18446744073709551615 - xact_id)
    FROM feedback FINAL
    SETTINGS max_execution_time = 0;
EXCHANGE TABLES feedback AND feedback_next;
DROP TABLE feedback_next SYNC;
