-- passkeys: the row of the passkey that its authenticator calls by a name.
SELECT
    passkey_id,
    user_id,
    label,
    credential_id,
    public_key,
    use_state,
    made_at,
    used_at
FROM passkeys
WHERE credential_id = $1 AND ended_at IS NULL
