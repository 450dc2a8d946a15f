-- passkeys: the row of a new passkey, unless its authenticator gave somebody that name already.
INSERT INTO passkeys (
    passkey_id,
    user_id,
    label,
    credential_id,
    public_key,
    use_state,
    made_at
)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (credential_id) DO NOTHING
