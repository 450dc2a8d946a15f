-- personal_data: the row of a user with another name, sealed.
UPDATE personal_data
SET display_name = $2
WHERE user_id = $1
