-- account_tokens: one row per token of a user, for a purpose, that is of no use any more.
UPDATE account_tokens
SET used_at = $3
WHERE user_id = $1 AND purpose = $2 AND used_at IS NULL
