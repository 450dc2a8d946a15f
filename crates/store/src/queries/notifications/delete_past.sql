-- notifications: the rows of what users were told before an instant go, unless a mail is to go.
DELETE FROM notifications
WHERE notified_at <= $1 AND mail_due_at IS NULL
