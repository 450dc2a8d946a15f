-- oidc_links: which of our users a user of another house is.
SELECT user_id
FROM oidc_links
WHERE issuer = $1 AND subject = $2
