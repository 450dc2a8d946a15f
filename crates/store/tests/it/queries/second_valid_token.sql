-- refresh_tokens: a second valid token of each session that has one.
INSERT INTO refresh_tokens (
    token_hash,
    session_id,
    generation,
    made_at
)
SELECT
    'x' || substr(token_hash, 2),
    session_id,
    99,
    made_at
FROM refresh_tokens
WHERE used_at IS NULL
