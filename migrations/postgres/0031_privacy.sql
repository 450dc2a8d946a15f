-- audit_entries: one row per read or change of what is personal, in the order of their numbers, which have no gap.
-- entry_hash is the SHA-256 of everything in the row and of the hash of the row before (docs/adr/0038). fields are
-- words with commas between. Immutable.
CREATE TABLE audit_entries (
    entry_number  BIGINT  NOT NULL PRIMARY KEY CHECK (1 <= entry_number),
    happened_at   instant NOT NULL,
    actor_kind    word    NOT NULL,
    actor_id      word    NOT NULL,
    action        word    NOT NULL,
    subject_kind  word    NOT NULL CHECK (subject_kind IN ('nobody', 'user', 'portfolio', 'group')),
    subject_id    TEXT    COLLATE "C" NOT NULL,
    fields        TEXT    COLLATE "C" NOT NULL CHECK (length(fields) <= 500),
    outcome       word    NOT NULL CHECK (outcome IN ('done', 'refused')),
    request_id    TEXT    COLLATE "C" NOT NULL,
    previous_hash word    NOT NULL CHECK (length(previous_hash) = 64),
    entry_hash    word    NOT NULL CHECK (length(entry_hash) = 64),
    CHECK ((subject_kind = 'nobody') = (subject_id = ''))
);

CREATE INDEX audit_entries_by_subject ON audit_entries (subject_kind, subject_id, entry_number);

CREATE TRIGGER audit_entries_refuse_change BEFORE UPDATE OR DELETE ON audit_entries
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER audit_entries_refuse_truncate BEFORE TRUNCATE ON audit_entries
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- audit_heads: one row: how many entries there are, and the hash of the last. Whoever appends holds it until the end of
-- the transaction, so that no two entries follow the same one.
CREATE TABLE audit_heads (
    head_id      BIGINT NOT NULL PRIMARY KEY CHECK (head_id = 1),
    entry_number BIGINT NOT NULL CHECK (0 <= entry_number),
    entry_hash   word   NOT NULL CHECK (length(entry_hash) = 64)
);

INSERT INTO audit_heads (head_id, entry_number, entry_hash)
VALUES (1, 0, '0000000000000000000000000000000000000000000000000000000000000000');

-- personal_data: one row per user whose address and name are sealed: with the key in wrapped_key, which the key
-- key_id of the house unwraps. In users stand a mark in place of the address, and a keyed hash by which it is found
-- (docs/adr/0038).
CREATE TABLE personal_data (
    user_id      word    NOT NULL PRIMARY KEY REFERENCES users (user_id),
    key_id       word    NOT NULL,
    wrapped_key  word,
    email        word,
    display_name word,
    sealed_at    instant NOT NULL
);

CREATE INDEX personal_data_by_key ON personal_data (key_id, user_id);

-- consents: one row per decision of a user about what is done with the user's data: for which purpose, by which
-- version of the text, given or withdrawn, and how the house learned of it. The latest about a purpose counts.
-- Immutable.
CREATE TABLE consents (
    consent_id   word    NOT NULL PRIMARY KEY,
    user_id      word    NOT NULL REFERENCES users (user_id),
    purpose      word    NOT NULL CHECK (length(purpose) BETWEEN 1 AND 60),
    text_version word    NOT NULL CHECK (length(text_version) BETWEEN 1 AND 60),
    decision     word    NOT NULL CHECK (decision IN ('given', 'withdrawn')),
    channel      word    NOT NULL CHECK (channel IN ('account', 'paper', 'telephone', 'in_person')),
    decided_at   instant NOT NULL,
    recorded_by  word    NOT NULL
);

CREATE INDEX consents_by_user ON consents (user_id, decided_at, consent_id);

CREATE TRIGGER consents_refuse_change BEFORE UPDATE OR DELETE ON consents
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER consents_refuse_truncate BEFORE TRUNCATE ON consents
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
