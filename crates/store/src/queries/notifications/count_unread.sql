-- notifications: how many a user has not read.
SELECT count(*)
FROM notifications
WHERE user_id = $1 AND read_at IS NULL AND channels <> 'email'
