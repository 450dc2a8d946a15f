-- account_mails: the row of a mail that is tried again later.
UPDATE account_mails
SET
    next_attempt_at = $2,
    last_error = $3
WHERE mail_id = $1 AND state = 'pending'
