-- What is known of attachments; their bytes are blobs, named by the SHA-256 of the key.
CREATE TABLE IF NOT EXISTS attachments
(
    key String,                                       -- chosen by the client, referred to from rows
    xact_id UInt64,                                   -- the newest entry of a key is in force
    filename String,
    content_type String,
    status Enum8('uploading' = 1, 'done' = 2, 'error' = 3),
    error String                                      -- why the client could not upload
)
ENGINE = {ReplacingMergeTree}(xact_id)
ORDER BY key
SETTINGS {durable};
