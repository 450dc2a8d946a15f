-- personal_data: the row of anna with the sealed address of bert.
UPDATE personal_data
SET email = (SELECT other.email FROM personal_data AS other WHERE other.user_id = 'bert')
WHERE user_id = 'anna'
