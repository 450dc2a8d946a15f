-- oidc_links: one row per user of another house who is a user here.
SELECT
    issuer AS row_key,
    subject,
    linked_at
FROM oidc_links
WHERE user_id = $1 AND $2 < issuer
ORDER BY issuer
LIMIT $3
