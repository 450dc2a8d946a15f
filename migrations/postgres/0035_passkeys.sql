-- passkeys: one row per passkey of a user (WebAuthn), whose authenticator keeps the private key. credential_id,
-- public_key and use_state are bytes in base 64 (RFC 4648, section 5), the last two as the library has them that checks
-- answers; use_state has the counter of the authenticator. They are taken away when the row ends. Rows stay: they say
-- who had what.
CREATE TABLE passkeys (
    passkey_id    word NOT NULL PRIMARY KEY,
    user_id       word NOT NULL REFERENCES users (user_id),
    label         TEXT NOT NULL CHECK (length(label) <= 100),
    credential_id TEXT UNIQUE CHECK (credential_id <> ''),
    public_key    TEXT CHECK (public_key <> ''),
    use_state     TEXT CHECK (use_state <> ''),
    made_at       instant NOT NULL,
    used_at       instant,
    ended_at      instant,
    ended_by      word,
    CHECK ((ended_at IS NULL) = (credential_id IS NOT NULL)),
    CHECK ((ended_at IS NULL) = (public_key IS NOT NULL)),
    CHECK ((ended_at IS NULL) = (use_state IS NOT NULL)),
    CHECK ((ended_at IS NULL) = (ended_by IS NULL))
);

CREATE INDEX passkeys_by_user ON passkeys (user_id, made_at);

-- passkey_ceremonies: one row per question to an authenticator that waits for its answer, by the SHA-256 of what the
-- application was given for it; good for one answer. user_id is whose new passkey it is about, and empty where somebody
-- proves who it is. question has the challenge, as the library has it that checks the answer, in base 64.
CREATE TABLE passkey_ceremonies (
    ceremony_hash word NOT NULL PRIMARY KEY CHECK (length(ceremony_hash) = 64),
    user_id       word REFERENCES users (user_id),
    question      TEXT NOT NULL CHECK (question <> ''),
    made_at       instant NOT NULL,
    expires_at    instant NOT NULL,
    used_at       instant
);

CREATE INDEX passkey_ceremonies_by_expiry ON passkey_ceremonies (expires_at);

-- account_mails: one row per mail about an account, as before; there are two more kinds, about passkeys.
ALTER TABLE account_mails
    DROP CONSTRAINT account_mails_kind_check,
    ADD CONSTRAINT account_mails_kind_check CHECK (
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
    );
