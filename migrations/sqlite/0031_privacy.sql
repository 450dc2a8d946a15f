-- audit_entries: one row per read or change of what is personal, in the order of their numbers, which have no gap.
-- entry_hash is the SHA-256 of everything in the row and of the hash of the row before (docs/adr/0038). fields are
-- words with commas between. Immutable.
CREATE TABLE audit_entries (
    entry_number  INTEGER NOT NULL PRIMARY KEY CHECK (1 <= entry_number),
    happened_at   TEXT    NOT NULL CHECK (happened_at LIKE '____-__-__T__:__:__.______Z'),
    actor_kind    TEXT    NOT NULL CHECK (actor_kind <> ''),
    actor_id      TEXT    NOT NULL CHECK (actor_id <> ''),
    action        TEXT    NOT NULL CHECK (action <> ''),
    subject_kind  TEXT    NOT NULL CHECK (subject_kind IN ('nobody', 'user', 'portfolio', 'group')),
    subject_id    TEXT    NOT NULL,
    fields        TEXT    NOT NULL CHECK (length(fields) <= 500),
    outcome       TEXT    NOT NULL CHECK (outcome IN ('done', 'refused')),
    request_id    TEXT    NOT NULL,
    previous_hash TEXT    NOT NULL CHECK (length(previous_hash) = 64),
    entry_hash    TEXT    NOT NULL CHECK (length(entry_hash) = 64),
    CHECK ((subject_kind = 'nobody') = (subject_id = ''))
) STRICT;

CREATE INDEX audit_entries_by_subject ON audit_entries (subject_kind, subject_id, entry_number);

CREATE TRIGGER audit_entries_refuse_update BEFORE UPDATE ON audit_entries
BEGIN
    SELECT RAISE(ABORT, 'rows of audit_entries never change');
END;

CREATE TRIGGER audit_entries_refuse_delete BEFORE DELETE ON audit_entries
BEGIN
    SELECT RAISE(ABORT, 'rows of audit_entries never change');
END;

-- audit_heads: one row: how many entries there are, and the hash of the last. Whoever appends holds it until the end of
-- the transaction, so that no two entries follow the same one.
CREATE TABLE audit_heads (
    head_id      INTEGER NOT NULL PRIMARY KEY CHECK (head_id = 1),
    entry_number INTEGER NOT NULL CHECK (0 <= entry_number),
    entry_hash   TEXT    NOT NULL CHECK (length(entry_hash) = 64)
) STRICT;

INSERT INTO audit_heads (head_id, entry_number, entry_hash)
VALUES (1, 0, '0000000000000000000000000000000000000000000000000000000000000000');

-- personal_data: one row per user whose address and name are sealed: with the key in wrapped_key, which the key
-- key_id of the house unwraps. In users stand a mark in place of the address, and a keyed hash by which it is found
-- (docs/adr/0038).
CREATE TABLE personal_data (
    user_id      TEXT NOT NULL PRIMARY KEY REFERENCES users (user_id),
    key_id       TEXT NOT NULL CHECK (key_id <> ''),
    wrapped_key  TEXT CHECK (wrapped_key <> ''),
    email        TEXT CHECK (email <> ''),
    display_name TEXT CHECK (display_name <> ''),
    sealed_at    TEXT NOT NULL CHECK (sealed_at LIKE '____-__-__T__:__:__.______Z')
) STRICT;

CREATE INDEX personal_data_by_key ON personal_data (key_id, user_id);

-- consents: one row per decision of a user about what is done with the user's data: for which purpose, by which
-- version of the text, given or withdrawn, and how the house learned of it. The latest about a purpose counts.
-- Immutable.
CREATE TABLE consents (
    consent_id   TEXT NOT NULL PRIMARY KEY CHECK (consent_id <> ''),
    user_id      TEXT NOT NULL REFERENCES users (user_id),
    purpose      TEXT NOT NULL CHECK (length(purpose) BETWEEN 1 AND 60),
    text_version TEXT NOT NULL CHECK (length(text_version) BETWEEN 1 AND 60),
    decision     TEXT NOT NULL CHECK (decision IN ('given', 'withdrawn')),
    channel      TEXT NOT NULL CHECK (channel IN ('account', 'paper', 'telephone', 'in_person')),
    decided_at   TEXT NOT NULL CHECK (decided_at LIKE '____-__-__T__:__:__.______Z'),
    recorded_by  TEXT NOT NULL CHECK (recorded_by <> '')
) STRICT;

CREATE INDEX consents_by_user ON consents (user_id, decided_at, consent_id);

CREATE TRIGGER consents_refuse_update BEFORE UPDATE ON consents
BEGIN
    SELECT RAISE(ABORT, 'rows of consents never change');
END;

CREATE TRIGGER consents_refuse_delete BEFORE DELETE ON consents
BEGIN
    SELECT RAISE(ABORT, 'rows of consents never change');
END;
