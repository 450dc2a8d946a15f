-- passkeys: the row of a passkey of a user that counts no more.
UPDATE passkeys
SET
    credential_id = NULL,
    public_key = NULL,
    use_state = NULL,
    ended_at = $3,
    ended_by = $4
WHERE user_id = $1 AND passkey_id = $2 AND ended_at IS NULL
