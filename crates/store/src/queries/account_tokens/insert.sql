-- account_tokens: the row of a new token.
INSERT INTO account_tokens (
    token_hash,
    user_id,
    purpose,
    made_at,
    expires_at
)
VALUES ($1, $2, $3, $4, $5)
