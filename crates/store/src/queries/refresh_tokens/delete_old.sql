-- refresh_tokens: one row per token of a session that is so old that nobody presents it.
DELETE FROM refresh_tokens
WHERE session_id = $1 AND generation < $2
