-- deliveries: how often a copy may have gone out, whether the client may have no more of them, and two more ends.
-- copies counts the attempts after which nobody can say that the other side has nothing; a third is never begun.
-- attempts_before are those of the times before a person queued the message again.
ALTER TABLE deliveries
    ADD COLUMN copies          BIGINT NOT NULL DEFAULT 0 CHECK (0 <= copies),
    ADD COLUMN attempts_before BIGINT NOT NULL DEFAULT 0 CHECK (0 <= attempts_before),
    ADD COLUMN necessity       word   NOT NULL DEFAULT 'required' CHECK (necessity IN ('required', 'optional')),
    ADD COLUMN queued_at       instant;

UPDATE deliveries
SET queued_at = published.published_at
FROM statements AS published
WHERE published.statement_id = deliveries.statement_id;

ALTER TABLE deliveries
    ALTER COLUMN copies DROP DEFAULT,
    ALTER COLUMN attempts_before DROP DEFAULT,
    ALTER COLUMN necessity DROP DEFAULT,
    ALTER COLUMN queued_at SET NOT NULL,
    DROP CONSTRAINT deliveries_state_check,
    DROP CONSTRAINT deliveries_check1,
    ADD CONSTRAINT deliveries_state_check
        CHECK (state IN ('pending', 'delivered', 'failed', 'suppressed', 'returned')),
    ADD CONSTRAINT deliveries_delivered_check
        CHECK ((state IN ('delivered', 'returned')) = (delivered_at IS NOT NULL));

CREATE INDEX deliveries_by_queue ON deliveries (queued_at, delivery_id);

-- delivery_events: one row per attempt of a delivery and per decision about it; immutable: the proof of delivery.
CREATE TABLE delivery_events (
    event_number BIGINT  NOT NULL PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    delivery_id  word    NOT NULL REFERENCES deliveries (delivery_id),
    happened_at  instant NOT NULL,
    attempt      BIGINT  NOT NULL CHECK (0 <= attempt),
    event        word    NOT NULL CHECK (
        event IN ('delivered', 'postponed', 'unknown', 'failed', 'suppressed', 'returned', 'queued_again')
    ),
    actor        word    NOT NULL,
    note         TEXT    NOT NULL CHECK (length(note) <= 2000)
);

CREATE INDEX delivery_events_by_delivery ON delivery_events (delivery_id, event_number);

CREATE TRIGGER delivery_events_refuse_change BEFORE UPDATE OR DELETE ON delivery_events
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER delivery_events_refuse_truncate BEFORE TRUNCATE ON delivery_events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- suppressions: one row per address that gets nothing optional, from when, why, and until when.
CREATE TABLE suppressions (
    recipient word    NOT NULL,
    added_at  instant NOT NULL,
    added_by  word    NOT NULL,
    reason    word    NOT NULL CHECK (reason IN ('bounce', 'complaint', 'request')),
    note      TEXT    NOT NULL CHECK (length(note) <= 2000),
    lifted_at instant,
    lifted_by word,
    PRIMARY KEY (recipient, added_at),
    CHECK ((lifted_at IS NULL) = (lifted_by IS NULL))
);

CREATE UNIQUE INDEX suppressions_in_force ON suppressions (recipient) WHERE lifted_at IS NULL;

-- inbox_items: deliveries that nobody tries again any more are findings, too.
ALTER TABLE inbox_items
    DROP CONSTRAINT inbox_items_kind_check,
    ADD CONSTRAINT inbox_items_kind_check CHECK (kind IN ('import', 'reconciliation', 'delivery'));
