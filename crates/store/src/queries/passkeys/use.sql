-- passkeys: the row of a passkey that proved something, unless its counter was moved by another answer since.
UPDATE passkeys
SET
    use_state = $3,
    used_at = $4
WHERE passkey_id = $1 AND use_state = $2 AND ended_at IS NULL
