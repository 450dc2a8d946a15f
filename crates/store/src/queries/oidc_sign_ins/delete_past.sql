-- oidc_sign_ins: one row per sign-in that could come back until $1.
DELETE FROM oidc_sign_ins
WHERE expires_at < $1
