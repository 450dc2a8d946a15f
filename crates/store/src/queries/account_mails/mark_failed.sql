-- account_mails: the row of a mail that is not tried again.
UPDATE account_mails
SET
    state = 'failed',
    next_attempt_at = NULL,
    last_error = $2
WHERE mail_id = $1 AND state = 'pending'
