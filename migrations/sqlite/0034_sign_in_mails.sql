-- account_mails: one row per mail about an account, as before; there are four more kinds, about second factors and
-- other houses at which users sign in.
-- SQLite changes no constraint of a table, so the rows move as they are into one that has others.
CREATE TABLE account_mails_of_more_kinds (
    mail_id         TEXT    NOT NULL PRIMARY KEY CHECK (mail_id <> ''),
    user_id         TEXT    NOT NULL REFERENCES users (user_id),
    kind            TEXT    NOT NULL CHECK (
        kind IN (
            'verify_email',
            'set_password',
            'registered_already',
            'password_changed',
            'second_factor_added',
            'second_factor_removed',
            'recovery_codes_renewed',
            'other_house_linked'
        )
    ),
    state           TEXT    NOT NULL CHECK (state IN ('pending', 'sent', 'failed')),
    attempts        INTEGER NOT NULL CHECK (0 <= attempts),
    queued_at       TEXT    NOT NULL CHECK (queued_at LIKE '____-__-__T__:__:__.______Z'),
    next_attempt_at TEXT    CHECK (next_attempt_at LIKE '____-__-__T__:__:__.______Z'),
    sent_at         TEXT    CHECK (sent_at LIKE '____-__-__T__:__:__.______Z'),
    last_error      TEXT    CHECK (length(last_error) <= 2000),
    CHECK ((state = 'pending') = (next_attempt_at IS NOT NULL)),
    CHECK ((state = 'sent') = (sent_at IS NOT NULL))
) STRICT;

INSERT INTO account_mails_of_more_kinds (
    mail_id,
    user_id,
    kind,
    state,
    attempts,
    queued_at,
    next_attempt_at,
    sent_at,
    last_error
)
SELECT
    queued.mail_id,
    queued.user_id,
    queued.kind,
    queued.state,
    queued.attempts,
    queued.queued_at,
    queued.next_attempt_at,
    queued.sent_at,
    queued.last_error
FROM account_mails AS queued;

DROP TABLE account_mails;

ALTER TABLE account_mails_of_more_kinds RENAME TO account_mails;

CREATE INDEX account_mails_by_state ON account_mails (state, next_attempt_at);
