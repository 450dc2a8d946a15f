-- account_mails: the row of a mail that was sent.
UPDATE account_mails
SET
    state = 'sent',
    next_attempt_at = NULL,
    sent_at = $2,
    last_error = NULL
WHERE mail_id = $1 AND state = 'pending'
