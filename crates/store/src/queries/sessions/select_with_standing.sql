-- sessions: the row of a session, and what its user is to the house.
SELECT
    session.session_id,
    session.user_id,
    session.successor_salt,
    session.user_agent,
    session.peer,
    session.proof,
    session.authenticated_at,
    session.last_used_at,
    session.idle_expires_at,
    session.expires_at,
    session.ended_at,
    holder.role,
    holder.email_verified_at,
    holder.disabled_at
FROM sessions AS session
JOIN users AS holder ON holder.user_id = session.user_id
WHERE session.session_id = $1
