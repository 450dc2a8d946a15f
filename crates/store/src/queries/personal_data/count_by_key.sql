-- personal_data: one row per key of the house, with how many keys of users are wrapped with it.
SELECT
    key_id,
    count(*) AS user_count
FROM personal_data
WHERE wrapped_key IS NOT NULL
GROUP BY key_id
ORDER BY key_id
