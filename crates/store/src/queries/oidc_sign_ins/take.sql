-- oidc_sign_ins: the row of a sign-in at another house that comes back now.
UPDATE oidc_sign_ins
SET used_at = $2
WHERE attempt_hash = $1 AND used_at IS NULL AND $2 < expires_at
