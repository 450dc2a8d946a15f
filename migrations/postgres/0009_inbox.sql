-- inbox_items: one row per finding that a person should look at; its key is made from what was found.
-- What was found once is one row, however often it is found again; what became of it stands in inbox_events.
CREATE TABLE inbox_items (
    item_key     word      NOT NULL PRIMARY KEY,
    portfolio_id word      NOT NULL REFERENCES portfolios (portfolio_id),
    kind         word      NOT NULL CHECK (kind IN ('import', 'reconciliation')),
    severity     word      NOT NULL CHECK (severity IN ('info', 'warn', 'quarantine', 'block')),
    subject      word      NOT NULL,
    message      word      NOT NULL,
    detail       TEXT      NOT NULL CHECK (length(detail) <= 2000),
    suggestion   json_text,
    state        word      NOT NULL CHECK (state IN ('open', 'resolved', 'dismissed')),
    opened_at    instant   NOT NULL,
    seen_at      instant   NOT NULL,
    resolved_at  instant,
    resolved_by  word,
    resolution   word,
    CHECK (opened_at <= seen_at),
    CHECK ((state = 'open') = (resolved_at IS NULL)),
    CHECK ((resolved_at IS NULL) = (resolved_by IS NULL)),
    CHECK ((resolved_at IS NULL) = (resolution IS NULL))
);

CREATE INDEX inbox_items_by_state ON inbox_items (state, opened_at);

CREATE INDEX inbox_items_by_portfolio ON inbox_items (portfolio_id, kind, state);

CREATE FUNCTION refuse_another_finding() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what was found in a row of % never changes', TG_TABLE_NAME;
END
$$;

CREATE TRIGGER inbox_items_refuse_delete BEFORE DELETE ON inbox_items
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER inbox_items_refuse_truncate BEFORE TRUNCATE ON inbox_items
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER inbox_items_refuse_another_finding BEFORE UPDATE OF item_key, portfolio_id, kind, subject, opened_at
    ON inbox_items
    FOR EACH ROW EXECUTE FUNCTION refuse_another_finding();

-- inbox_events: one row per change of the state of an item of the inbox; immutable.
CREATE TABLE inbox_events (
    event_number BIGINT  NOT NULL PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    item_key     word    NOT NULL REFERENCES inbox_items (item_key),
    happened_at  instant NOT NULL,
    actor        word    NOT NULL,
    event        word    NOT NULL CHECK (event IN ('opened', 'resolved', 'dismissed', 'reopened', 'cleared')),
    note         TEXT    NOT NULL
);

CREATE INDEX inbox_events_by_item ON inbox_events (item_key, event_number);

CREATE TRIGGER inbox_events_refuse_change BEFORE UPDATE OR DELETE ON inbox_events
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER inbox_events_refuse_truncate BEFORE TRUNCATE ON inbox_events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
