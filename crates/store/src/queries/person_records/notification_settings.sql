-- notification_settings: one row per kind of notification for which a user has chosen.
SELECT
    kind AS row_key,
    channels,
    quiet_from,
    quiet_until,
    time_zone
FROM notification_settings
WHERE user_id = $1 AND $2 < kind
ORDER BY kind
LIMIT $3
