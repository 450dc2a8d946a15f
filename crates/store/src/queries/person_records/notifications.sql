-- notifications: one row per thing that a user was told.
SELECT
    notification_id AS row_key,
    kind,
    about,
    portfolio_id,
    channels,
    notified_at,
    read_at,
    mailed_at
FROM notifications
WHERE user_id = $1 AND $2 < notification_id
ORDER BY notification_id
LIMIT $3
