-- users: one row per user whose address and name are not sealed, by id.
SELECT
    plain.user_id,
    plain.email,
    plain.email_lookup,
    plain.display_name
FROM users AS plain
WHERE NOT EXISTS (SELECT 1 FROM personal_data AS sealed WHERE sealed.user_id = plain.user_id)
ORDER BY plain.user_id
LIMIT $1
