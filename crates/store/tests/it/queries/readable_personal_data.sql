-- personal_data: one row per user whose address or name can be read, changed into itself.
UPDATE personal_data
SET key_id = key_id
WHERE email LIKE '%@%' OR display_name LIKE '%Anna%'
