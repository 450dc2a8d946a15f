-- notifications: the row whose mail has been due for the longest, which nobody else sends until $2.
UPDATE notifications
SET
    mail_due_at = $2,
    mail_attempts = mail_attempts + 1
WHERE mail_due_at <= $1 AND (user_id, notification_id) = (
    SELECT
        due.user_id,
        due.notification_id
    FROM notifications AS due
    WHERE due.mail_due_at <= $1
    ORDER BY due.mail_due_at, due.user_id, due.notification_id
    LIMIT 1
)
RETURNING
    user_id,
    notification_id,
    kind,
    about,
    mail_attempts,
    notified_at
