-- notification_settings: the rows of a user go; others come in their place.
DELETE FROM notification_settings
WHERE user_id = $1
