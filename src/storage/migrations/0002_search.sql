-- Search in what spans were given and what they answered: an index of words, that filter/word-rows.ts
-- asks by the same expression. Escapes of JSON and punctuation beyond ASCII separate words.
ALTER TABLE payloads ADD INDEX IF NOT EXISTS input_words
    lowerUTF8(replaceRegexpAll(input, '\\\\(u[0-9a-fA-F]{4}|.)|[\\x{80}-\\x{bf}\\x{2000}-\\x{206f}\\x{3000}-\\x{303f}]', ' '))
    TYPE text(tokenizer = 'splitByNonAlpha');

ALTER TABLE payloads ADD INDEX IF NOT EXISTS output_words
    lowerUTF8(replaceRegexpAll(output, '\\\\(u[0-9a-fA-F]{4}|.)|[\\x{80}-\\x{bf}\\x{2000}-\\x{206f}\\x{3000}-\\x{303f}]', ' '))
    TYPE text(tokenizer = 'splitByNonAlpha');

-- Filters by `created` skip what lies far from it: it goes along with the key, but is not in it.
ALTER TABLE spans ADD INDEX IF NOT EXISTS created_minmax created TYPE minmax;

-- Whether a row's id tells its time (id.ts): where all of a project's do, a trace is found by its time.
ALTER TABLE spans ADD INDEX IF NOT EXISTS tells_time
    (match(id, '^[0-9a-f]{12}7[0-9a-f]{3}[89ab][0-9a-f]{15}-[0-9a-f]{16}$') AND id < '0699e991a800') TYPE minmax;
