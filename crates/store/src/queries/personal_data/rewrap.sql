-- personal_data: the row of a user whose key is wrapped with another key of the house, unless it is already.
UPDATE personal_data
SET
    key_id = $3,
    wrapped_key = $4
WHERE user_id = $1 AND key_id = $2
