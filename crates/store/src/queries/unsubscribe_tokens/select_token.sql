-- unsubscribe_tokens: the token of one address.
SELECT token
FROM unsubscribe_tokens
WHERE recipient = $1
