-- users: one row per person, or program with an account of its own, that may ask. Rows stay: what somebody did names
-- them. email_lookup is the address in small letters, by which a user is found. password_hash is a PHC string, empty as
-- long as no password was chosen. A user whose address is not verified, or who is disabled, cannot sign in.
CREATE TABLE users (
    user_id           word    NOT NULL PRIMARY KEY,
    kind              word    NOT NULL CHECK (kind IN ('person', 'service')),
    email             word    NOT NULL,
    email_lookup      word    NOT NULL UNIQUE,
    display_name      TEXT    NOT NULL CHECK (length(display_name) <= 200),
    role              word    NOT NULL CHECK (role IN ('client', 'adviser', 'operations', 'compliance', 'admin')),
    language          word    NOT NULL CHECK (language IN ('en', 'fr', 'de', 'es', 'it')),
    password_hash     word,
    email_verified_at instant,
    disabled_at       instant,
    created_at        instant NOT NULL,
    updated_at        instant NOT NULL,
    CHECK (created_at <= updated_at)
);
