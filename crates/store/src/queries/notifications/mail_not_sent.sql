-- notifications: the row of a thing whose mail has not gone, and goes at $3 if that is given.
UPDATE notifications
SET
    mail_due_at = CAST($3 AS TEXT),
    mail_attempts = $4,
    mail_error = CAST($5 AS TEXT)
WHERE user_id = $1 AND notification_id = $2 AND mailed_at IS NULL
