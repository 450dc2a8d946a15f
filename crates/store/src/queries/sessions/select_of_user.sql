-- sessions: one row per session of a user that neither ended nor expired, the latest sign-in first.
SELECT
    session_id,
    user_id,
    successor_salt,
    user_agent,
    peer,
    proof,
    authenticated_at,
    last_used_at,
    idle_expires_at,
    expires_at,
    ended_at
FROM sessions
WHERE user_id = $1 AND ended_at IS NULL AND $2 < idle_expires_at AND $2 < expires_at
ORDER BY authenticated_at DESC, session_id
LIMIT $3
