-- sessions: the row of a session of a user that counts as proved in another way than it was.
UPDATE sessions
SET proof = $3
WHERE session_id = $1 AND user_id = $2 AND ended_at IS NULL
