-- account_tokens: none of a user is left.
DELETE FROM account_tokens
WHERE user_id = $1
