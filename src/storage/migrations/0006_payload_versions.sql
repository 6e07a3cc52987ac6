-- Every version of a payload is kept, beside the ones before it: of rows that may replace each other the
-- engine makes the index of words anew at every merge, of all their words, in memory (2.3 GB in a flood of words
-- that never repeat); of rows that stay it merges the indexes that are there. Which version counts is told by
-- reading: payload-row.ts for a row, filter/word-rows.ts for a search.
-- * xact_id: of two versions with one number, which the saturated count in it allows, the later one counts.
ALTER TABLE payloads ADD COLUMN IF NOT EXISTS xact_id UInt64 AFTER version;
DROP TABLE IF EXISTS payloads_next;
CREATE TABLE payloads_next
(
    project_id UUID,
    time DateTime64(3, 'UTC'),
    id String,
    version UInt64,
    xact_id UInt64,
    input String CODEC(ZSTD(1)),
    output String CODEC(ZSTD(1)),
    expected String CODEC(ZSTD(1)),
    error String CODEC(ZSTD(1)),
    metadata String CODEC(ZSTD(1)),
    rest String CODEC(ZSTD(1)),
    INDEX input_words
        lowerUTF8(replaceRegexpAll(input, '\\\\(u[0-9a-fA-F]{4}|.)|[\\x{80}-\\x{bf}\\x{2000}-\\x{206f}\\x{3000}-\\x{303f}]', ' '))
        TYPE text(tokenizer = 'splitByNonAlpha', posting_list_codec = 'bitpacking'),
    INDEX output_words
        lowerUTF8(replaceRegexpAll(output, '\\\\(u[0-9a-fA-F]{4}|.)|[\\x{80}-\\x{bf}\\x{2000}-\\x{206f}\\x{3000}-\\x{303f}]', ' '))
        TYPE text(tokenizer = 'splitByNonAlpha', posting_list_codec = 'bitpacking')
)
ENGINE = {MergeTree}
ORDER BY (project_id, time, id)
SETTINGS {durable}, index_granularity = 1024, merge_selector_base = 12;
ALTER TABLE payloads_next ATTACH PARTITION tuple() FROM payloads;
EXCHANGE TABLES payloads AND payloads_next;
DROP TABLE payloads_next SYNC;
