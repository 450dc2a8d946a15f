-- unsubscribe_tokens: the address of one token.
SELECT recipient
FROM unsubscribe_tokens
WHERE token = $1
