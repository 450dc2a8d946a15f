-- second_factors: one row per authenticator of a user (RFC 6238). sealed_secret is encrypted with a key that the store
-- does not have, and is taken away when the row ends. One that is not confirmed by a code counts for nothing. last_step
-- is the latest time step whose code was used: no earlier one is good any more. Rows stay: they say who had what.
CREATE TABLE second_factors (
    factor_id     word    NOT NULL PRIMARY KEY,
    user_id       word    NOT NULL REFERENCES users (user_id),
    sealed_secret TEXT    CHECK (sealed_secret <> ''),
    made_at       instant NOT NULL,
    confirmed_at  instant,
    last_step     BIGINT  CHECK (0 <= last_step),
    ended_at      instant,
    end_reason    word    CHECK (end_reason IN ('replaced', 'turned_off', 'reset')),
    ended_by      word,
    end_note      TEXT    CHECK (length(end_note) <= 2000),
    CHECK ((confirmed_at IS NULL) = (last_step IS NULL)),
    CHECK ((ended_at IS NULL) = (sealed_secret IS NOT NULL)),
    CHECK ((ended_at IS NULL) = (end_reason IS NULL)),
    CHECK ((ended_at IS NULL) = (ended_by IS NULL))
);

CREATE UNIQUE INDEX second_factors_in_force ON second_factors (user_id)
    WHERE confirmed_at IS NOT NULL AND ended_at IS NULL;
CREATE UNIQUE INDEX second_factors_waiting ON second_factors (user_id)
    WHERE confirmed_at IS NULL AND ended_at IS NULL;
CREATE INDEX second_factors_by_user ON second_factors (user_id, made_at);

-- recovery_codes: one row per code that takes the place of an authenticator once, by its SHA-256. Codes of 120 random
-- bits need no slow hash.
CREATE TABLE recovery_codes (
    code_hash word    NOT NULL PRIMARY KEY CHECK (length(code_hash) = 64),
    user_id   word    NOT NULL REFERENCES users (user_id),
    made_at   instant NOT NULL,
    used_at   instant,
    voided_at instant
);

CREATE INDEX recovery_codes_by_user ON recovery_codes (user_id, made_at);

-- sign_in_challenges: one row per sign-in whose first step is done (first_proof) and whose second one is open, by the
-- SHA-256 of what the user was given for it; good for one use.
CREATE TABLE sign_in_challenges (
    challenge_hash word    NOT NULL PRIMARY KEY CHECK (length(challenge_hash) = 64),
    user_id        word    NOT NULL REFERENCES users (user_id),
    first_proof    word    NOT NULL,
    made_at        instant NOT NULL,
    expires_at     instant NOT NULL,
    used_at        instant
);

CREATE INDEX sign_in_challenges_by_user ON sign_in_challenges (user_id);

-- oidc_sign_ins: one row per sign-in at another house that is under way, by the SHA-256 of its secret; good for one
-- use.
CREATE TABLE oidc_sign_ins (
    attempt_hash word    NOT NULL PRIMARY KEY CHECK (length(attempt_hash) = 64),
    made_at      instant NOT NULL,
    expires_at   instant NOT NULL,
    used_at      instant
);

-- oidc_links: one row per user of another house who is one of ours.
CREATE TABLE oidc_links (
    issuer    word    NOT NULL,
    subject   word    NOT NULL,
    user_id   word    NOT NULL REFERENCES users (user_id),
    linked_at instant NOT NULL,
    linked_by word    NOT NULL,
    PRIMARY KEY (issuer, subject),
    UNIQUE (issuer, user_id)
);

-- sessions.proof: how the user proved who it is, as words of RFC 8176 with spaces between. Those from before had a
-- password.
ALTER TABLE sessions ADD COLUMN proof word NOT NULL DEFAULT 'pwd';
