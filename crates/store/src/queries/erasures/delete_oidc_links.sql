-- oidc_links: no user of another house is one who is erased.
DELETE FROM oidc_links
WHERE user_id = $1
