-- refresh_tokens: none of a user is left.
DELETE FROM refresh_tokens
WHERE session_id IN (
    SELECT ended.session_id
    FROM sessions AS ended
    WHERE ended.user_id = $1
)
