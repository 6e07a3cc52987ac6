-- Of the writes of a row that say the same moment the one that arrived last stands (entry-order.ts), so when
-- each arrived first is kept: of the deliveries of a write the first stays, whatever is merged.
-- * arrived_at: of what is there already it is the time in the transaction id (xact.ts), to the second, then in order.
-- Columns that parts lack are worked out when they are read, so the parts are taken over as they are.
ALTER TABLE patches ADD COLUMN IF NOT EXISTS arrived_at DateTime64(6, 'UTC')
    DEFAULT fromUnixTimestamp64Micro(toInt64(
        bitAnd(bitShiftRight(xact_id, 16), 4294967295) * 1000000 + bitAnd(xact_id, 65535)), 'UTC')
    AFTER xact_id;
ALTER TABLE patches ADD COLUMN IF NOT EXISTS precedence UInt64
    DEFAULT 18446744073709551615 - toUInt64(toUnixTimestamp64Micro(arrived_at));
DROP TABLE IF EXISTS patches_next;
CREATE TABLE patches_next
(
    project_id UUID,
    id String,
    written_at DateTime64(6, 'UTC'),                  -- the order of a row's writes
    hash UInt64,                                      -- of kind and row: a delivery again is the same entry
    xact_id UInt64,
    arrived_at DateTime64(6, 'UTC')                   -- the order of writes of one moment
        DEFAULT fromUnixTimestamp64Micro(toInt64(
            bitAnd(bitShiftRight(xact_id, 16), 4294967295) * 1000000 + bitAnd(xact_id, 65535)), 'UTC'),
    kind Enum8('whole' = 1, 'merge' = 2, 'delete' = 3),
    row String CODEC(ZSTD(3)),
    precedence UInt64                                 -- of the deliveries of a write the greatest stands
        DEFAULT 18446744073709551615 - toUInt64(toUnixTimestamp64Micro(arrived_at))
)
ENGINE = {ReplacingMergeTree}(precedence)
ORDER BY (project_id, id, written_at, hash)
SETTINGS {durable};
ALTER TABLE patches_next ATTACH PARTITION tuple() FROM patches;
EXCHANGE TABLES patches AND patches_next;
DROP TABLE patches_next SYNC;
