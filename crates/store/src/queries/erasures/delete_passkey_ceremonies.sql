-- passkey_ceremonies: no question waits about a user who is erased.
DELETE FROM passkey_ceremonies
WHERE user_id = $1
