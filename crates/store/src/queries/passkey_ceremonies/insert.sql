-- passkey_ceremonies: the row of a question to an authenticator.
INSERT INTO passkey_ceremonies (
    ceremony_hash,
    user_id,
    question,
    made_at,
    expires_at
)
VALUES ($1, $2, $3, $4, $5)
