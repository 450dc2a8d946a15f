-- users: how many have an address and a name that are not sealed.
SELECT count(*)
FROM users AS plain
WHERE NOT EXISTS (SELECT 1 FROM personal_data AS sealed WHERE sealed.user_id = plain.user_id)
