-- passkeys: one row per passkey of a user that counts no more.
UPDATE passkeys
SET
    credential_id = NULL,
    public_key = NULL,
    use_state = NULL,
    ended_at = $2,
    ended_by = $3
WHERE user_id = $1 AND ended_at IS NULL
