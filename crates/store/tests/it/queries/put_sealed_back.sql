-- personal_data: the row of anna as the backup has it.
UPDATE personal_data
SET
    key_id = (SELECT backup.key_id FROM backup WHERE backup.user_id = 'anna'),
    wrapped_key = (SELECT backup.wrapped_key FROM backup WHERE backup.user_id = 'anna'),
    email = (SELECT backup.email FROM backup WHERE backup.user_id = 'anna'),
    display_name = (SELECT backup.display_name FROM backup WHERE backup.user_id = 'anna')
WHERE user_id = 'anna'
