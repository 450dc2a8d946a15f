-- deliveries: one row per statement, channel and recipient: the outbox.
-- attempts counts the claims, so a message that kills its sender is not tried for ever.
CREATE TABLE deliveries (
    delivery_id     TEXT    NOT NULL PRIMARY KEY CHECK (delivery_id <> ''),
    statement_id    TEXT    NOT NULL REFERENCES statements (statement_id),
    channel         TEXT    NOT NULL CHECK (channel <> ''),
    recipient       TEXT    NOT NULL CHECK (recipient <> ''),
    subject         TEXT    NOT NULL,
    state           TEXT    NOT NULL CHECK (state IN ('pending', 'delivered', 'failed')),
    attempts        INTEGER NOT NULL CHECK (0 <= attempts),
    next_attempt_at TEXT             CHECK (next_attempt_at LIKE '____-__-__T__:__:__.______Z'),
    lease_owner     TEXT,
    lease_until     TEXT             CHECK (lease_until LIKE '____-__-__T__:__:__.______Z'),
    delivered_at    TEXT             CHECK (delivered_at LIKE '____-__-__T__:__:__.______Z'),
    last_error      TEXT,
    UNIQUE (statement_id, channel, recipient),
    CHECK ((state = 'pending') = (next_attempt_at IS NOT NULL)),
    CHECK ((state = 'delivered') = (delivered_at IS NOT NULL)),
    CHECK ((lease_owner IS NULL) = (lease_until IS NULL))
) STRICT;

CREATE INDEX deliveries_by_state ON deliveries (state, next_attempt_at);
