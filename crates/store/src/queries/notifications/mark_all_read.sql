-- notifications: the rows of all that a user was told until an instant.
UPDATE notifications
SET read_at = $3
WHERE user_id = $1 AND notified_at <= $2 AND read_at IS NULL AND channels <> 'email'
