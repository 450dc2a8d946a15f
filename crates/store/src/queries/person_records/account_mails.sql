-- account_mails: one row per mail about the account of a user.
SELECT
    mail_id AS row_key,
    kind,
    state,
    attempts,
    queued_at,
    sent_at,
    last_error
FROM account_mails
WHERE user_id = $1 AND $2 < mail_id
ORDER BY mail_id
LIMIT $3
