-- account_mails: the row of the mail that has been due for the longest, which nobody else sends until $2.
UPDATE account_mails
SET
    attempts = attempts + 1,
    next_attempt_at = $2
WHERE state = 'pending' AND next_attempt_at <= $1 AND mail_id = (
    SELECT due.mail_id
    FROM account_mails AS due
    WHERE due.state = 'pending' AND due.next_attempt_at <= $1
    ORDER BY due.next_attempt_at, due.mail_id
    LIMIT 1
)
RETURNING
    mail_id,
    user_id,
    kind,
    attempts,
    queued_at
