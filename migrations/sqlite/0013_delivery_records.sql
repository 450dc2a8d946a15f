-- deliveries: how often a copy may have gone out, whether the client may have no more of them, and two more ends.
-- copies counts the attempts after which nobody can say that the other side has nothing; a third is never begun.
-- attempts_before are those of the times before a person queued the message again.
-- SQLite changes no constraint of a table, so the rows move as they are into one that has others.
CREATE TABLE deliveries_with_records (
    delivery_id     TEXT    NOT NULL PRIMARY KEY CHECK (delivery_id <> ''),
    statement_id    TEXT    NOT NULL REFERENCES statements (statement_id),
    channel         TEXT    NOT NULL CHECK (channel <> ''),
    recipient       TEXT    NOT NULL CHECK (recipient <> ''),
    subject         TEXT    NOT NULL,
    state           TEXT    NOT NULL CHECK (state IN ('pending', 'delivered', 'failed', 'suppressed', 'returned')),
    attempts        INTEGER NOT NULL CHECK (0 <= attempts),
    next_attempt_at TEXT             CHECK (next_attempt_at LIKE '____-__-__T__:__:__.______Z'),
    lease_owner     TEXT,
    lease_until     TEXT             CHECK (lease_until LIKE '____-__-__T__:__:__.______Z'),
    delivered_at    TEXT             CHECK (delivered_at LIKE '____-__-__T__:__:__.______Z'),
    last_error      TEXT,
    copies          INTEGER NOT NULL CHECK (0 <= copies),
    attempts_before INTEGER NOT NULL CHECK (0 <= attempts_before),
    necessity       TEXT    NOT NULL CHECK (necessity IN ('required', 'optional')),
    queued_at       TEXT    NOT NULL CHECK (queued_at LIKE '____-__-__T__:__:__.______Z'),
    UNIQUE (statement_id, channel, recipient),
    CHECK ((state = 'pending') = (next_attempt_at IS NOT NULL)),
    CHECK ((state IN ('delivered', 'returned')) = (delivered_at IS NOT NULL)),
    CHECK ((lease_owner IS NULL) = (lease_until IS NULL))
) STRICT;

INSERT INTO deliveries_with_records (
    delivery_id,
    statement_id,
    channel,
    recipient,
    subject,
    state,
    attempts,
    next_attempt_at,
    lease_owner,
    lease_until,
    delivered_at,
    last_error,
    copies,
    attempts_before,
    necessity,
    queued_at
)
SELECT
    queued.delivery_id,
    queued.statement_id,
    queued.channel,
    queued.recipient,
    queued.subject,
    queued.state,
    queued.attempts,
    queued.next_attempt_at,
    queued.lease_owner,
    queued.lease_until,
    queued.delivered_at,
    queued.last_error,
    0,
    0,
    'required',
    published.published_at
FROM deliveries AS queued
JOIN statements AS published
    ON published.statement_id = queued.statement_id;

DROP TABLE deliveries;

ALTER TABLE deliveries_with_records RENAME TO deliveries;

CREATE INDEX deliveries_by_state ON deliveries (state, next_attempt_at);

CREATE INDEX deliveries_by_queue ON deliveries (queued_at, delivery_id);

-- delivery_events: one row per attempt of a delivery and per decision about it; immutable: the proof of delivery.
CREATE TABLE delivery_events (
    event_number INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    delivery_id  TEXT    NOT NULL REFERENCES deliveries (delivery_id),
    happened_at  TEXT    NOT NULL CHECK (happened_at LIKE '____-__-__T__:__:__.______Z'),
    attempt      INTEGER NOT NULL CHECK (0 <= attempt),
    event        TEXT    NOT NULL CHECK (
        event IN ('delivered', 'postponed', 'unknown', 'failed', 'suppressed', 'returned', 'queued_again')
    ),
    actor        TEXT    NOT NULL CHECK (actor <> ''),
    note         TEXT    NOT NULL CHECK (length(note) <= 2000)
) STRICT;

CREATE INDEX delivery_events_by_delivery ON delivery_events (delivery_id, event_number);

CREATE TRIGGER delivery_events_refuse_update BEFORE UPDATE ON delivery_events
BEGIN
    SELECT RAISE(ABORT, 'rows of delivery_events never change');
END;

CREATE TRIGGER delivery_events_refuse_delete BEFORE DELETE ON delivery_events
BEGIN
    SELECT RAISE(ABORT, 'rows of delivery_events never change');
END;

-- suppressions: one row per address that gets nothing optional, from when, why, and until when.
CREATE TABLE suppressions (
    recipient TEXT NOT NULL CHECK (recipient <> ''),
    added_at  TEXT NOT NULL CHECK (added_at LIKE '____-__-__T__:__:__.______Z'),
    added_by  TEXT NOT NULL CHECK (added_by <> ''),
    reason    TEXT NOT NULL CHECK (reason IN ('bounce', 'complaint', 'request')),
    note      TEXT NOT NULL CHECK (length(note) <= 2000),
    lifted_at TEXT          CHECK (lifted_at LIKE '____-__-__T__:__:__.______Z'),
    lifted_by TEXT          CHECK (lifted_by <> ''),
    PRIMARY KEY (recipient, added_at),
    CHECK ((lifted_at IS NULL) = (lifted_by IS NULL))
) STRICT;

CREATE UNIQUE INDEX suppressions_in_force ON suppressions (recipient) WHERE lifted_at IS NULL;

-- inbox_items: deliveries that nobody tries again any more are findings, too. The events move with their items.
CREATE TABLE inbox_items_with_deliveries (
    item_key     TEXT    NOT NULL PRIMARY KEY CHECK (item_key <> ''),
    portfolio_id TEXT    NOT NULL REFERENCES portfolios (portfolio_id),
    kind         TEXT    NOT NULL CHECK (kind IN ('import', 'reconciliation', 'delivery')),
    severity     TEXT    NOT NULL CHECK (severity IN ('info', 'warn', 'quarantine', 'block')),
    subject      TEXT    NOT NULL CHECK (subject <> ''),
    message      TEXT    NOT NULL CHECK (message <> ''),
    detail       TEXT    NOT NULL CHECK (length(detail) <= 2000),
    suggestion   TEXT             CHECK (suggestion IS NULL OR json_valid(suggestion)),
    state        TEXT    NOT NULL CHECK (state IN ('open', 'resolved', 'dismissed')),
    opened_at    TEXT    NOT NULL CHECK (opened_at LIKE '____-__-__T__:__:__.______Z'),
    seen_at      TEXT    NOT NULL CHECK (seen_at LIKE '____-__-__T__:__:__.______Z'),
    resolved_at  TEXT             CHECK (resolved_at LIKE '____-__-__T__:__:__.______Z'),
    resolved_by  TEXT             CHECK (resolved_by <> ''),
    resolution   TEXT             CHECK (resolution <> ''),
    CHECK (opened_at <= seen_at),
    CHECK ((state = 'open') = (resolved_at IS NULL)),
    CHECK ((resolved_at IS NULL) = (resolved_by IS NULL)),
    CHECK ((resolved_at IS NULL) = (resolution IS NULL))
) STRICT;

INSERT INTO inbox_items_with_deliveries (
    item_key,
    portfolio_id,
    kind,
    severity,
    subject,
    message,
    detail,
    suggestion,
    state,
    opened_at,
    seen_at,
    resolved_at,
    resolved_by,
    resolution
)
SELECT
    item_key,
    portfolio_id,
    kind,
    severity,
    subject,
    message,
    detail,
    suggestion,
    state,
    opened_at,
    seen_at,
    resolved_at,
    resolved_by,
    resolution
FROM inbox_items;

CREATE TABLE inbox_events_with_deliveries (
    event_number INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    item_key     TEXT    NOT NULL REFERENCES inbox_items_with_deliveries (item_key),
    happened_at  TEXT    NOT NULL CHECK (happened_at LIKE '____-__-__T__:__:__.______Z'),
    actor        TEXT    NOT NULL CHECK (actor <> ''),
    event        TEXT    NOT NULL CHECK (event IN ('opened', 'resolved', 'dismissed', 'reopened', 'cleared')),
    note         TEXT    NOT NULL
) STRICT;

INSERT INTO inbox_events_with_deliveries (
    event_number,
    item_key,
    happened_at,
    actor,
    event,
    note
)
SELECT
    event_number,
    item_key,
    happened_at,
    actor,
    event,
    note
FROM inbox_events
ORDER BY event_number;

DROP TABLE inbox_events;

DROP TABLE inbox_items;

ALTER TABLE inbox_items_with_deliveries RENAME TO inbox_items;

ALTER TABLE inbox_events_with_deliveries RENAME TO inbox_events;

CREATE INDEX inbox_items_by_state ON inbox_items (state, opened_at);

CREATE INDEX inbox_items_by_portfolio ON inbox_items (portfolio_id, kind, state);

CREATE TRIGGER inbox_items_refuse_delete BEFORE DELETE ON inbox_items
BEGIN
    SELECT RAISE(ABORT, 'rows of inbox_items are never deleted');
END;

CREATE TRIGGER inbox_items_refuse_another_finding BEFORE UPDATE OF item_key, portfolio_id, kind, subject, opened_at
    ON inbox_items
BEGIN
    SELECT RAISE(ABORT, 'what was found in a row of inbox_items never changes');
END;

CREATE INDEX inbox_events_by_item ON inbox_events (item_key, event_number);

CREATE TRIGGER inbox_events_refuse_update BEFORE UPDATE ON inbox_events
BEGIN
    SELECT RAISE(ABORT, 'rows of inbox_events never change');
END;

CREATE TRIGGER inbox_events_refuse_delete BEFORE DELETE ON inbox_events
BEGIN
    SELECT RAISE(ABORT, 'rows of inbox_events never change');
END;
