-- statement_events: one row per event that a statement tells its client of: an executed order, a threshold that a value
-- fell through. Nobody is told of an event twice; immutable.
CREATE TABLE statement_events (
    kind         word         NOT NULL,
    portfolio_id word         NOT NULL REFERENCES portfolios (portfolio_id),
    event        word         NOT NULL,
    event_date   calendar_day NOT NULL,
    statement_id word         NOT NULL REFERENCES statements (statement_id),
    PRIMARY KEY (kind, portfolio_id, event)
);

CREATE INDEX statement_events_by_date ON statement_events (kind, event_date);

CREATE INDEX statement_events_by_statement ON statement_events (statement_id);

CREATE TRIGGER statement_events_refuse_change BEFORE UPDATE OR DELETE ON statement_events
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER statement_events_refuse_truncate BEFORE TRUNCATE ON statement_events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
