-- passkeys: one row per passkey that a user signs in with, the oldest first.
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
WHERE user_id = $1 AND ended_at IS NULL
ORDER BY made_at, passkey_id
