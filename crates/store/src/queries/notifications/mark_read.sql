-- notifications: the row of a thing that a user has read.
UPDATE notifications
SET read_at = $3
WHERE user_id = $1 AND notification_id = $2 AND read_at IS NULL AND channels <> 'email'
