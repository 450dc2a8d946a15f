-- second_factors: one row per authenticator of a user (RFC 6238). sealed_secret is encrypted with a key that the store
-- does not have, and is taken away when the row ends. One that is not confirmed by a code counts for nothing. last_step
-- is the latest time step whose code was used: no earlier one is good any more. Rows stay: they say who had what.
CREATE TABLE second_factors (
    factor_id     TEXT    NOT NULL PRIMARY KEY CHECK (factor_id <> ''),
    user_id       TEXT    NOT NULL REFERENCES users (user_id),
    sealed_secret TEXT    CHECK (sealed_secret <> ''),
    made_at       TEXT    NOT NULL CHECK (made_at LIKE '____-__-__T__:__:__.______Z'),
    confirmed_at  TEXT    CHECK (confirmed_at LIKE '____-__-__T__:__:__.______Z'),
    last_step     INTEGER CHECK (0 <= last_step),
    ended_at      TEXT    CHECK (ended_at LIKE '____-__-__T__:__:__.______Z'),
    end_reason    TEXT    CHECK (end_reason IN ('replaced', 'turned_off', 'reset')),
    ended_by      TEXT    CHECK (ended_by <> ''),
    end_note      TEXT    CHECK (length(end_note) <= 2000),
    CHECK ((confirmed_at IS NULL) = (last_step IS NULL)),
    CHECK ((ended_at IS NULL) = (sealed_secret IS NOT NULL)),
    CHECK ((ended_at IS NULL) = (end_reason IS NULL)),
    CHECK ((ended_at IS NULL) = (ended_by IS NULL))
) STRICT;

CREATE UNIQUE INDEX second_factors_in_force ON second_factors (user_id)
    WHERE confirmed_at IS NOT NULL AND ended_at IS NULL;
CREATE UNIQUE INDEX second_factors_waiting ON second_factors (user_id)
    WHERE confirmed_at IS NULL AND ended_at IS NULL;
CREATE INDEX second_factors_by_user ON second_factors (user_id, made_at);

-- recovery_codes: one row per code that takes the place of an authenticator once, by its SHA-256. Codes of 120 random
-- bits need no slow hash.
CREATE TABLE recovery_codes (
    code_hash TEXT NOT NULL PRIMARY KEY CHECK (length(code_hash) = 64),
    user_id   TEXT NOT NULL REFERENCES users (user_id),
    made_at   TEXT NOT NULL CHECK (made_at LIKE '____-__-__T__:__:__.______Z'),
    used_at   TEXT CHECK (used_at LIKE '____-__-__T__:__:__.______Z'),
    voided_at TEXT CHECK (voided_at LIKE '____-__-__T__:__:__.______Z')
) STRICT;

CREATE INDEX recovery_codes_by_user ON recovery_codes (user_id, made_at);

-- sign_in_challenges: one row per sign-in whose first step is done (first_proof) and whose second one is open, by the
-- SHA-256 of what the user was given for it; good for one use.
CREATE TABLE sign_in_challenges (
    challenge_hash TEXT NOT NULL PRIMARY KEY CHECK (length(challenge_hash) = 64),
    user_id        TEXT NOT NULL REFERENCES users (user_id),
    first_proof    TEXT NOT NULL CHECK (first_proof <> ''),
    made_at        TEXT NOT NULL CHECK (made_at LIKE '____-__-__T__:__:__.______Z'),
    expires_at     TEXT NOT NULL CHECK (expires_at LIKE '____-__-__T__:__:__.______Z'),
    used_at        TEXT CHECK (used_at LIKE '____-__-__T__:__:__.______Z')
) STRICT;

CREATE INDEX sign_in_challenges_by_user ON sign_in_challenges (user_id);

-- oidc_sign_ins: one row per sign-in at another house that is under way, by the SHA-256 of its secret; good for one
-- use.
CREATE TABLE oidc_sign_ins (
    attempt_hash TEXT NOT NULL PRIMARY KEY CHECK (length(attempt_hash) = 64),
    made_at      TEXT NOT NULL CHECK (made_at LIKE '____-__-__T__:__:__.______Z'),
    expires_at   TEXT NOT NULL CHECK (expires_at LIKE '____-__-__T__:__:__.______Z'),
    used_at      TEXT CHECK (used_at LIKE '____-__-__T__:__:__.______Z')
) STRICT;

-- oidc_links: one row per user of another house who is one of ours.
CREATE TABLE oidc_links (
    issuer    TEXT NOT NULL CHECK (issuer <> ''),
    subject   TEXT NOT NULL CHECK (subject <> ''),
    user_id   TEXT NOT NULL REFERENCES users (user_id),
    linked_at TEXT NOT NULL CHECK (linked_at LIKE '____-__-__T__:__:__.______Z'),
    linked_by TEXT NOT NULL CHECK (linked_by <> ''),
    PRIMARY KEY (issuer, subject),
    UNIQUE (issuer, user_id)
) STRICT;

-- sessions.proof: how the user proved who it is, as words of RFC 8176 with spaces between. Those from before had a
-- password.
ALTER TABLE sessions ADD COLUMN proof TEXT NOT NULL DEFAULT 'pwd' CHECK (proof <> '');
