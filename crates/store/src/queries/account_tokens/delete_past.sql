-- account_tokens: one row per token that had expired before $1.
DELETE FROM account_tokens
WHERE expires_at < $1
