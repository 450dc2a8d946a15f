-- notification_settings: none of a user is left.
DELETE FROM notification_settings
WHERE user_id = $1
