-- inbox_items: one row per finding that a person should look at; its key is made from what was found.
-- What was found once is one row, however often it is found again; what became of it stands in inbox_events.
CREATE TABLE inbox_items (
    item_key     TEXT    NOT NULL PRIMARY KEY CHECK (item_key <> ''),
    portfolio_id TEXT    NOT NULL REFERENCES portfolios (portfolio_id),
    kind         TEXT    NOT NULL CHECK (kind IN ('import', 'reconciliation')),
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

-- inbox_events: one row per change of the state of an item of the inbox; immutable.
CREATE TABLE inbox_events (
    event_number INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    item_key     TEXT    NOT NULL REFERENCES inbox_items (item_key),
    happened_at  TEXT    NOT NULL CHECK (happened_at LIKE '____-__-__T__:__:__.______Z'),
    actor        TEXT    NOT NULL CHECK (actor <> ''),
    event        TEXT    NOT NULL CHECK (event IN ('opened', 'resolved', 'dismissed', 'reopened', 'cleared')),
    note         TEXT    NOT NULL
) STRICT;

CREATE INDEX inbox_events_by_item ON inbox_events (item_key, event_number);

CREATE TRIGGER inbox_events_refuse_update BEFORE UPDATE ON inbox_events
BEGIN
    SELECT RAISE(ABORT, 'rows of inbox_events never change');
END;

CREATE TRIGGER inbox_events_refuse_delete BEFORE DELETE ON inbox_events
BEGIN
    SELECT RAISE(ABORT, 'rows of inbox_events never change');
END;
