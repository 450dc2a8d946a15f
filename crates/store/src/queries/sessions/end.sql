-- sessions: the row of a session of a user that ends now.
UPDATE sessions
SET
    ended_at = $3,
    end_reason = $4
WHERE session_id = $1 AND user_id = $2 AND ended_at IS NULL
