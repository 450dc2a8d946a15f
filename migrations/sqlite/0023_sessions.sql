-- sessions: one row per sign-in of a user, on one device; it lasts until it ends, or expires. successor_salt makes the
-- next refresh token from the last one (docs/adr/0032). idle_expires_at moves with every refresh, expires_at does not.
-- peer is the address of whoever signed in.
CREATE TABLE sessions (
    session_id       TEXT NOT NULL PRIMARY KEY CHECK (session_id <> ''),
    user_id          TEXT NOT NULL REFERENCES users (user_id),
    successor_salt   TEXT NOT NULL CHECK (length(successor_salt) = 64),
    user_agent       TEXT NOT NULL CHECK (length(user_agent) <= 200),
    peer             TEXT NOT NULL CHECK (length(peer) <= 45),
    authenticated_at TEXT NOT NULL CHECK (authenticated_at LIKE '____-__-__T__:__:__.______Z'),
    last_used_at     TEXT NOT NULL CHECK (last_used_at LIKE '____-__-__T__:__:__.______Z'),
    idle_expires_at  TEXT NOT NULL CHECK (idle_expires_at LIKE '____-__-__T__:__:__.______Z'),
    expires_at       TEXT NOT NULL CHECK (expires_at LIKE '____-__-__T__:__:__.______Z'),
    ended_at         TEXT CHECK (ended_at LIKE '____-__-__T__:__:__.______Z'),
    end_reason       TEXT CHECK (end_reason IN ('signed_out', 'ended', 'password_changed', 'token_reused', 'disabled')),
    CHECK ((ended_at IS NULL) = (end_reason IS NULL))
) STRICT;

CREATE INDEX sessions_by_user ON sessions (user_id, authenticated_at);

-- refresh_tokens: one row per token of a session, by its SHA-256. The one without used_at is the only valid one.
-- A token that is presented after it was used tells that two have it.
CREATE TABLE refresh_tokens (
    token_hash TEXT    NOT NULL PRIMARY KEY CHECK (length(token_hash) = 64),
    session_id TEXT    NOT NULL REFERENCES sessions (session_id),
    generation INTEGER NOT NULL CHECK (0 <= generation),
    made_at    TEXT    NOT NULL CHECK (made_at LIKE '____-__-__T__:__:__.______Z'),
    used_at    TEXT    CHECK (used_at LIKE '____-__-__T__:__:__.______Z'),
    UNIQUE (session_id, generation)
) STRICT;

CREATE UNIQUE INDEX refresh_tokens_valid ON refresh_tokens (session_id) WHERE used_at IS NULL;

-- api_keys: one row per key of a user, by the SHA-256 of its secret. key_id is the part of the key that may be seen.
-- scopes are words with spaces between. Rows stay: what was done with a key names it.
CREATE TABLE api_keys (
    key_id       TEXT NOT NULL PRIMARY KEY CHECK (key_id <> ''),
    user_id      TEXT NOT NULL REFERENCES users (user_id),
    title        TEXT NOT NULL CHECK (length(title) <= 100),
    secret_hash  TEXT NOT NULL UNIQUE CHECK (length(secret_hash) = 64),
    scopes       TEXT NOT NULL CHECK (scopes <> ''),
    created_at   TEXT NOT NULL CHECK (created_at LIKE '____-__-__T__:__:__.______Z'),
    expires_at   TEXT NOT NULL CHECK (expires_at LIKE '____-__-__T__:__:__.______Z'),
    last_used_at TEXT CHECK (last_used_at LIKE '____-__-__T__:__:__.______Z'),
    revoked_at   TEXT CHECK (revoked_at LIKE '____-__-__T__:__:__.______Z')
) STRICT;

CREATE INDEX api_keys_by_user ON api_keys (user_id, created_at);

-- account_tokens: one row per token by which somebody proves to have an address or sets a password, by its SHA-256;
-- good for one use.
CREATE TABLE account_tokens (
    token_hash TEXT NOT NULL PRIMARY KEY CHECK (length(token_hash) = 64),
    user_id    TEXT NOT NULL REFERENCES users (user_id),
    purpose    TEXT NOT NULL CHECK (purpose IN ('verify_email', 'set_password')),
    made_at    TEXT NOT NULL CHECK (made_at LIKE '____-__-__T__:__:__.______Z'),
    expires_at TEXT NOT NULL CHECK (expires_at LIKE '____-__-__T__:__:__.______Z'),
    used_at    TEXT CHECK (used_at LIKE '____-__-__T__:__:__.______Z')
) STRICT;

CREATE INDEX account_tokens_by_user ON account_tokens (user_id, purpose);

-- account_mails: one row per mail about an account, to the address of its user. The token in it is made when it is sent
-- and is not here.
CREATE TABLE account_mails (
    mail_id         TEXT    NOT NULL PRIMARY KEY CHECK (mail_id <> ''),
    user_id         TEXT    NOT NULL REFERENCES users (user_id),
    kind            TEXT    NOT NULL CHECK (
        kind IN ('verify_email', 'set_password', 'registered_already', 'password_changed')
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

CREATE INDEX account_mails_by_state ON account_mails (state, next_attempt_at);

-- attempts: one row per whoever tried to get in lately, by the SHA-256 of an address of the network or of the mail: how
-- often without success, and until when nothing more is tried.
CREATE TABLE attempts (
    attempt_key  TEXT    NOT NULL PRIMARY KEY CHECK (length(attempt_key) = 64),
    failures     INTEGER NOT NULL CHECK (0 <= failures),
    last_at      TEXT    NOT NULL CHECK (last_at LIKE '____-__-__T__:__:__.______Z'),
    locked_until TEXT    CHECK (locked_until LIKE '____-__-__T__:__:__.______Z')
) STRICT;
