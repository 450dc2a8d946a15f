-- sessions: one row per sign-in of a user.
SELECT
    session_id AS row_key,
    user_agent,
    peer,
    authenticated_at,
    last_used_at,
    expires_at,
    ended_at,
    end_reason
FROM sessions
WHERE user_id = $1 AND $2 < session_id
ORDER BY session_id
LIMIT $3
