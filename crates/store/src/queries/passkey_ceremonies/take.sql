-- passkey_ceremonies: the row of a question that is answered now, by $2 or by whoever proves who it is.
UPDATE passkey_ceremonies
SET used_at = $3
WHERE ceremony_hash = $1 AND coalesce(user_id, '') = $2 AND used_at IS NULL AND $3 < expires_at
RETURNING question
