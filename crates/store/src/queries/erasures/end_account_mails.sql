-- account_mails: one row per mail about the account of a user, none of which waits.
UPDATE account_mails
SET
    state = CASE state WHEN 'pending' THEN 'failed' ELSE state END,
    next_attempt_at = NULL,
    last_error = NULL
WHERE user_id = $1
