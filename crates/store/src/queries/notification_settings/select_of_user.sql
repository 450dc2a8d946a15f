-- notification_settings: one row per kind for which a user has chosen.
SELECT
    kind,
    channels,
    quiet_from,
    quiet_until,
    time_zone
FROM notification_settings
WHERE user_id = $1
ORDER BY kind
