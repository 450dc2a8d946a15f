-- notifications: one row per thing that a user is told in the application, before a place; the latest first, those that
-- were not read if $4 is 1.
SELECT
    notification_id,
    kind,
    about,
    portfolio_id,
    notified_at,
    read_at
FROM notifications
WHERE user_id = $1 AND (notified_at, notification_id) < ($2, $3) AND channels <> 'email'
    AND ($4 = 0 OR read_at IS NULL)
ORDER BY notified_at DESC, notification_id DESC
LIMIT $5
