-- personal_data: one row per user whose key is not wrapped with the key $1 of the house, by id.
SELECT
    user_id,
    key_id,
    wrapped_key
FROM personal_data
WHERE key_id <> $1 AND wrapped_key IS NOT NULL
ORDER BY user_id
LIMIT $2
