-- sessions: the row of a session of a user who proved anew who it is.
UPDATE sessions
SET
    authenticated_at = $3,
    proof = $4
WHERE session_id = $1 AND user_id = $2 AND ended_at IS NULL
