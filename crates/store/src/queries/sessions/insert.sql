-- sessions: the row of a new session.
INSERT INTO sessions (
    session_id,
    user_id,
    successor_salt,
    user_agent,
    peer,
    authenticated_at,
    last_used_at,
    idle_expires_at,
    expires_at,
    proof
)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
