-- deliveries: one row per statement, channel and recipient: the outbox.
-- attempts counts the claims, so a message that kills its sender is not tried for ever.
CREATE TABLE deliveries (
    delivery_id     word    NOT NULL PRIMARY KEY,
    statement_id    word    NOT NULL REFERENCES statements (statement_id),
    channel         word    NOT NULL,
    recipient       word    NOT NULL,
    subject         TEXT    NOT NULL,
    state           word    NOT NULL CHECK (state IN ('pending', 'delivered', 'failed')),
    attempts        BIGINT  NOT NULL CHECK (0 <= attempts),
    next_attempt_at instant,
    lease_owner     TEXT,
    lease_until     instant,
    delivered_at    instant,
    last_error      TEXT,
    UNIQUE (statement_id, channel, recipient),
    CHECK ((state = 'pending') = (next_attempt_at IS NOT NULL)),
    CHECK ((state = 'delivered') = (delivered_at IS NOT NULL)),
    CHECK ((lease_owner IS NULL) = (lease_until IS NULL))
);

CREATE INDEX deliveries_by_state ON deliveries (state, next_attempt_at);
