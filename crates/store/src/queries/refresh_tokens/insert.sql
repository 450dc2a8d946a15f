-- refresh_tokens: the row of a new token of a session.
INSERT INTO refresh_tokens (
    token_hash,
    session_id,
    generation,
    made_at
)
VALUES ($1, $2, $3, $4)
