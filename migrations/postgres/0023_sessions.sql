-- sessions: one row per sign-in of a user, on one device; it lasts until it ends, or expires. successor_salt makes the
-- next refresh token from the last one (docs/adr/0032). idle_expires_at moves with every refresh, expires_at does not.
-- peer is the address of whoever signed in.
CREATE TABLE sessions (
    session_id       word    NOT NULL PRIMARY KEY,
    user_id          word    NOT NULL REFERENCES users (user_id),
    successor_salt   word    NOT NULL CHECK (length(successor_salt) = 64),
    user_agent       TEXT    NOT NULL CHECK (length(user_agent) <= 200),
    peer             TEXT    NOT NULL CHECK (length(peer) <= 45),
    authenticated_at instant NOT NULL,
    last_used_at     instant NOT NULL,
    idle_expires_at  instant NOT NULL,
    expires_at       instant NOT NULL,
    ended_at         instant,
    end_reason       word    CHECK (
        end_reason IN ('signed_out', 'ended', 'password_changed', 'token_reused', 'disabled')
    ),
    CHECK ((ended_at IS NULL) = (end_reason IS NULL))
);

CREATE INDEX sessions_by_user ON sessions (user_id, authenticated_at);

-- refresh_tokens: one row per token of a session, by its SHA-256. The one without used_at is the only valid one.
-- A token that is presented after it was used tells that two have it.
CREATE TABLE refresh_tokens (
    token_hash word    NOT NULL PRIMARY KEY CHECK (length(token_hash) = 64),
    session_id word    NOT NULL REFERENCES sessions (session_id),
    generation BIGINT  NOT NULL CHECK (0 <= generation),
    made_at    instant NOT NULL,
    used_at    instant,
    UNIQUE (session_id, generation)
);

CREATE UNIQUE INDEX refresh_tokens_valid ON refresh_tokens (session_id) WHERE used_at IS NULL;

-- api_keys: one row per key of a user, by the SHA-256 of its secret. key_id is the part of the key that may be seen.
-- scopes are words with spaces between. Rows stay: what was done with a key names it.
CREATE TABLE api_keys (
    key_id       word    NOT NULL PRIMARY KEY,
    user_id      word    NOT NULL REFERENCES users (user_id),
    title        TEXT    NOT NULL CHECK (length(title) <= 100),
    secret_hash  word    NOT NULL UNIQUE CHECK (length(secret_hash) = 64),
    scopes       word    NOT NULL,
    created_at   instant NOT NULL,
    expires_at   instant NOT NULL,
    last_used_at instant,
    revoked_at   instant
);

CREATE INDEX api_keys_by_user ON api_keys (user_id, created_at);

-- account_tokens: one row per token by which somebody proves to have an address or sets a password, by its SHA-256;
-- good for one use.
CREATE TABLE account_tokens (
    token_hash word    NOT NULL PRIMARY KEY CHECK (length(token_hash) = 64),
    user_id    word    NOT NULL REFERENCES users (user_id),
    purpose    word    NOT NULL CHECK (purpose IN ('verify_email', 'set_password')),
    made_at    instant NOT NULL,
    expires_at instant NOT NULL,
    used_at    instant
);

CREATE INDEX account_tokens_by_user ON account_tokens (user_id, purpose);

-- account_mails: one row per mail about an account, to the address of its user. The token in it is made when it is sent
-- and is not here.
CREATE TABLE account_mails (
    mail_id         word    NOT NULL PRIMARY KEY,
    user_id         word    NOT NULL REFERENCES users (user_id),
    kind            word    NOT NULL CHECK (
        kind IN ('verify_email', 'set_password', 'registered_already', 'password_changed')
    ),
    state           word    NOT NULL CHECK (state IN ('pending', 'sent', 'failed')),
    attempts        BIGINT  NOT NULL CHECK (0 <= attempts),
    queued_at       instant NOT NULL,
    next_attempt_at instant,
    sent_at         instant,
    last_error      TEXT    CHECK (length(last_error) <= 2000),
    CHECK ((state = 'pending') = (next_attempt_at IS NOT NULL)),
    CHECK ((state = 'sent') = (sent_at IS NOT NULL))
);

CREATE INDEX account_mails_by_state ON account_mails (state, next_attempt_at);

-- attempts: one row per whoever tried to get in lately, by the SHA-256 of an address of the network or of the mail: how
-- often without success, and until when nothing more is tried.
CREATE TABLE attempts (
    attempt_key  word    NOT NULL PRIMARY KEY CHECK (length(attempt_key) = 64),
    failures     BIGINT  NOT NULL CHECK (0 <= failures),
    last_at      instant NOT NULL,
    locked_until instant
);
