-- account_tokens: the row of a token that is used now, if it can be.
UPDATE account_tokens
SET used_at = $3
WHERE token_hash = $1 AND purpose = $2 AND used_at IS NULL AND $3 < expires_at
RETURNING user_id
