-- Payloads that are cheaper to write and to merge, which was nearly half of the work of ingest. Figures:
-- test/bench/README.md.
-- * merge_selector_base: a part is merged with about a dozen of its size instead of five, so each row is
--   rewritten fewer times before it comes to rest. Not for the other tables: merging them costs little, and
--   every list reads all of their parts.
-- * ZSTD(1): two thirds of the work of ZSTD(3) for an eighth more bytes, at every merge again.
-- * bitpacking: a third less of the index of words.
DROP TABLE IF EXISTS payloads_next;
CREATE TABLE payloads_next
(
    project_id UUID,
    time DateTime64(3, 'UTC'),
    id String,
    version UInt64,
    input String CODEC(ZSTD(1)),
    output String CODEC(ZSTD(1)),
    expected String CODEC(ZSTD(1)),
    error String CODEC(ZSTD(1)),
    metadata String CODEC(ZSTD(1)),
    rest String CODEC(ZSTD(1)),                       -- every other key of the row, one JSON object
    INDEX input_words
        lowerUTF8(replaceRegexpAll(input, '\\\\(u[0-9a-fA-F]{4}|.)|[\\x{80}-\\x{bf}\\x{2000}-\\x{206f}\\x{3000}-\\x{303f}]', ' '))
        TYPE text(tokenizer = 'splitByNonAlpha', posting_list_codec = 'bitpacking'),
    INDEX output_words
        lowerUTF8(replaceRegexpAll(output, '\\\\(u[0-9a-fA-F]{4}|.)|[\\x{80}-\\x{bf}\\x{2000}-\\x{206f}\\x{3000}-\\x{303f}]', ' '))
        TYPE text(tokenizer = 'splitByNonAlpha', posting_list_codec = 'bitpacking')
)
ENGINE = {ReplacingMergeTree}(version)
ORDER BY (project_id, time, id)
SETTINGS {durable}, index_granularity = 1024, merge_selector_base = 12;
INSERT INTO payloads_next SELECT * FROM payloads;
EXCHANGE TABLES payloads AND payloads_next;
DROP TABLE payloads_next SYNC;
