-- statement_events: one row per event that a statement tells its client of: an executed order, a threshold that a value
-- fell through. Nobody is told of an event twice; immutable.
CREATE TABLE statement_events (
    kind         TEXT NOT NULL CHECK (kind <> ''),
    portfolio_id TEXT NOT NULL REFERENCES portfolios (portfolio_id),
    event        TEXT NOT NULL CHECK (event <> ''),
    event_date   TEXT NOT NULL CHECK (event_date IS date(event_date, '+0 days')),
    statement_id TEXT NOT NULL REFERENCES statements (statement_id),
    PRIMARY KEY (kind, portfolio_id, event)
) STRICT;

CREATE INDEX statement_events_by_date ON statement_events (kind, event_date);

CREATE INDEX statement_events_by_statement ON statement_events (statement_id);

CREATE TRIGGER statement_events_refuse_update BEFORE UPDATE ON statement_events
BEGIN
    SELECT RAISE(ABORT, 'rows of statement_events never change');
END;

CREATE TRIGGER statement_events_refuse_delete BEFORE DELETE ON statement_events
BEGIN
    SELECT RAISE(ABORT, 'rows of statement_events never change');
END;
