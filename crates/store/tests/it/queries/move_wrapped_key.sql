-- personal_data: the row of anna with the wrapped key of bert.
UPDATE personal_data
SET wrapped_key = (SELECT other.wrapped_key FROM personal_data AS other WHERE other.user_id = 'bert')
WHERE user_id = 'anna'
