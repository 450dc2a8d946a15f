-- notifications: the row of a thing that a user is told in the application.
SELECT
    notification_id,
    kind,
    about,
    portfolio_id,
    notified_at,
    read_at
FROM notifications
WHERE user_id = $1 AND notification_id = $2 AND channels <> 'email'
