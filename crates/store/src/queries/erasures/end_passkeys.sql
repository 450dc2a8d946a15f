-- passkeys: one row per passkey of a user, ended, without its name and what it is checked with.
UPDATE passkeys
SET
    label = '',
    credential_id = NULL,
    public_key = NULL,
    use_state = NULL,
    ended_at = coalesce(ended_at, $2),
    ended_by = coalesce(ended_by, 'erasure')
WHERE user_id = $1
