-- refresh_tokens: one row per token of a session that was over before $1.
DELETE FROM refresh_tokens
WHERE session_id IN (
    SELECT past.session_id
    FROM sessions AS past
    WHERE past.expires_at < $1 OR past.ended_at < $1
)
