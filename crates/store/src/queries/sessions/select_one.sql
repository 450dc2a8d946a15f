-- sessions: the row of a session.
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
WHERE session_id = $1
