-- users: one row per person, or program with an account of its own, that may ask. Rows stay: what somebody did names
-- them. email_lookup is the address in small letters, by which a user is found. password_hash is a PHC string, empty as
-- long as no password was chosen. A user whose address is not verified, or who is disabled, cannot sign in.
CREATE TABLE users (
    user_id           TEXT NOT NULL PRIMARY KEY CHECK (user_id <> ''),
    kind              TEXT NOT NULL CHECK (kind IN ('person', 'service')),
    email             TEXT NOT NULL CHECK (email <> ''),
    email_lookup      TEXT NOT NULL UNIQUE CHECK (email_lookup <> ''),
    display_name      TEXT NOT NULL CHECK (length(display_name) <= 200),
    role              TEXT NOT NULL CHECK (role IN ('client', 'adviser', 'operations', 'compliance', 'admin')),
    language          TEXT NOT NULL CHECK (language IN ('en', 'fr', 'de', 'es', 'it')),
    password_hash     TEXT CHECK (password_hash <> ''),
    email_verified_at TEXT CHECK (email_verified_at LIKE '____-__-__T__:__:__.______Z'),
    disabled_at       TEXT CHECK (disabled_at LIKE '____-__-__T__:__:__.______Z'),
    created_at        TEXT NOT NULL CHECK (created_at LIKE '____-__-__T__:__:__.______Z'),
    updated_at        TEXT NOT NULL CHECK (updated_at LIKE '____-__-__T__:__:__.______Z'),
    CHECK (created_at <= updated_at)
) STRICT;
