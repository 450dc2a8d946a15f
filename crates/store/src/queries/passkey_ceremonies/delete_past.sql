-- passkey_ceremonies: one row per question that could be answered until $1.
DELETE FROM passkey_ceremonies
WHERE expires_at < $1
