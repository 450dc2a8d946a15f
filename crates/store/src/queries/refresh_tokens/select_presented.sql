-- refresh_tokens: the row of a token, with whether the one after it is there and was used.
SELECT
    presented.session_id,
    presented.generation,
    presented.used_at,
    successor.token_hash AS successor_hash,
    successor.used_at AS successor_used_at
FROM refresh_tokens AS presented
LEFT JOIN refresh_tokens AS successor
    ON successor.session_id = presented.session_id AND successor.generation = presented.generation + 1
WHERE presented.token_hash = $1
