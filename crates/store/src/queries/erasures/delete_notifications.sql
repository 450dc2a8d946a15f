-- notifications: none of a user is left.
DELETE FROM notifications
WHERE user_id = $1
