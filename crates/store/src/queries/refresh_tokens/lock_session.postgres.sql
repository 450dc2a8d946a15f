-- sessions: the session of a token, whose row is held until the transaction ends.
SELECT held.session_id
FROM sessions AS held
JOIN refresh_tokens AS presented
    ON presented.session_id = held.session_id
WHERE presented.token_hash = $1
FOR UPDATE OF held
