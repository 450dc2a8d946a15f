-- users: one row per user whose address or name can be read, changed into itself.
UPDATE users
SET role = role
WHERE email LIKE '%@%' OR email_lookup LIKE '%@%' OR display_name <> ''
