-- account_mails: the row of a new mail, unless one of its kind waits for the user.
INSERT INTO account_mails (
    mail_id,
    user_id,
    kind,
    state,
    attempts,
    queued_at,
    next_attempt_at
)
SELECT
    CAST($1 AS TEXT),
    CAST($2 AS TEXT),
    CAST($3 AS TEXT),
    'pending',
    0,
    CAST($4 AS TEXT),
    CAST($4 AS TEXT)
WHERE NOT EXISTS (
    SELECT waiting.mail_id
    FROM account_mails AS waiting
    WHERE waiting.user_id = CAST($2 AS TEXT) AND waiting.kind = CAST($3 AS TEXT) AND waiting.state = 'pending'
)
