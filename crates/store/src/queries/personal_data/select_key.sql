-- personal_data: the key of a user.
SELECT
    user_id,
    key_id,
    wrapped_key
FROM personal_data
WHERE user_id = $1 AND wrapped_key IS NOT NULL
