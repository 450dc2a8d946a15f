-- sessions: the row of a session that was used just now.
UPDATE sessions
SET
    last_used_at = $2,
    idle_expires_at = $3
WHERE session_id = $1
