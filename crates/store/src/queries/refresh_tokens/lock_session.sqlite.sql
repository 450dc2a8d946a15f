-- sessions: the session of a token. A writing transaction of SQLite is alone with the file: nothing to lock.
SELECT held.session_id
FROM sessions AS held
JOIN refresh_tokens AS presented
    ON presented.session_id = held.session_id
WHERE presented.token_hash = $1
