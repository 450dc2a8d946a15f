-- oidc_sign_ins: the row of a sign-in at another house that begins.
INSERT INTO oidc_sign_ins (
    attempt_hash,
    made_at,
    expires_at
)
VALUES ($1, $2, $3)
