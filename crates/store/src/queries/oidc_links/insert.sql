-- oidc_links: the row of a user of another house who is one of ours; nothing happens if one of the two is linked there.
INSERT INTO oidc_links (
    issuer,
    subject,
    user_id,
    linked_at,
    linked_by
)
VALUES ($1, $2, $3, $4, $5)
ON CONFLICT DO NOTHING
