-- unsubscribe_tokens: one row per address; nothing happens if it has a token already.
INSERT INTO unsubscribe_tokens (
    recipient,
    token,
    made_at
)
VALUES ($1, $2, $3)
ON CONFLICT (recipient) DO NOTHING
