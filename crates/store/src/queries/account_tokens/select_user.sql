-- account_tokens: the user of a token that can be used now.
SELECT user_id
FROM account_tokens
WHERE token_hash = $1 AND purpose = $2 AND used_at IS NULL AND $3 < expires_at
