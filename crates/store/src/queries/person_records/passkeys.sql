-- passkeys: one row per passkey of a user.
SELECT
    passkey_id AS row_key,
    label,
    credential_id,
    public_key,
    made_at,
    used_at,
    ended_at
FROM passkeys
WHERE user_id = $1 AND $2 < passkey_id
ORDER BY passkey_id
LIMIT $3
