-- sessions: one row per session of a user that ends now; one of them may stay ($2, empty for none).
UPDATE sessions
SET
    ended_at = $3,
    end_reason = $4
WHERE user_id = $1 AND session_id <> $2 AND ended_at IS NULL
