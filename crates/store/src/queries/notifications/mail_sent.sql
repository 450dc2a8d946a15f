-- notifications: the row of a thing whose mail has gone.
UPDATE notifications
SET
    mail_due_at = NULL,
    mailed_at = $3,
    mail_error = NULL
WHERE user_id = $1 AND notification_id = $2 AND mailed_at IS NULL
