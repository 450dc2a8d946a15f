-- backup: one row per user as it is sealed now, as a backup keeps it.
CREATE TABLE backup AS
SELECT
    user_id,
    key_id,
    wrapped_key,
    email,
    display_name
FROM personal_data
