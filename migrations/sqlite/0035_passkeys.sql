-- passkeys: one row per passkey of a user (WebAuthn), whose authenticator keeps the private key. credential_id,
-- public_key and use_state are bytes in base 64 (RFC 4648, section 5), the last two as the library has them that checks
-- answers; use_state has the counter of the authenticator. They are taken away when the row ends. Rows stay: they say
-- who had what.
CREATE TABLE passkeys (
    passkey_id    TEXT NOT NULL PRIMARY KEY CHECK (passkey_id <> ''),
    user_id       TEXT NOT NULL REFERENCES users (user_id),
    label         TEXT NOT NULL CHECK (length(label) <= 100),
    credential_id TEXT UNIQUE CHECK (credential_id <> ''),
    public_key    TEXT CHECK (public_key <> ''),
    use_state     TEXT CHECK (use_state <> ''),
    made_at       TEXT NOT NULL CHECK (made_at LIKE '____-__-__T__:__:__.______Z'),
    used_at       TEXT CHECK (used_at LIKE '____-__-__T__:__:__.______Z'),
    ended_at      TEXT CHECK (ended_at LIKE '____-__-__T__:__:__.______Z'),
    ended_by      TEXT CHECK (ended_by <> ''),
    CHECK ((ended_at IS NULL) = (credential_id IS NOT NULL)),
    CHECK ((ended_at IS NULL) = (public_key IS NOT NULL)),
    CHECK ((ended_at IS NULL) = (use_state IS NOT NULL)),
    CHECK ((ended_at IS NULL) = (ended_by IS NULL))
) STRICT;

CREATE INDEX passkeys_by_user ON passkeys (user_id, made_at);

-- passkey_ceremonies: one row per question to an authenticator that waits for its answer, by the SHA-256 of what the
-- application was given for it; good for one answer. user_id is whose new passkey it is about, and empty where somebody
-- proves who it is. question has the challenge, as the library has it that checks the answer, in base 64.
CREATE TABLE passkey_ceremonies (
    ceremony_hash TEXT NOT NULL PRIMARY KEY CHECK (length(ceremony_hash) = 64),
    user_id       TEXT REFERENCES users (user_id),
    question      TEXT NOT NULL CHECK (question <> ''),
    made_at       TEXT NOT NULL CHECK (made_at LIKE '____-__-__T__:__:__.______Z'),
    expires_at    TEXT NOT NULL CHECK (expires_at LIKE '____-__-__T__:__:__.______Z'),
    used_at       TEXT CHECK (used_at LIKE '____-__-__T__:__:__.______Z')
) STRICT;

CREATE INDEX passkey_ceremonies_by_expiry ON passkey_ceremonies (expires_at);

-- account_mails: one row per mail about an account, as before; there are two more kinds, about passkeys.
-- SQLite changes no constraint of a table, so the rows move as they are into one that has others.
CREATE TABLE account_mails_with_passkeys (
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
            'other_house_linked',
            'passkey_added',
            'passkey_removed'
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

INSERT INTO account_mails_with_passkeys (
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

ALTER TABLE account_mails_with_passkeys RENAME TO account_mails;

CREATE INDEX account_mails_by_state ON account_mails (state, next_attempt_at);
