-- approvals: erasures of persons by others need a second person, too. SQLite cannot change what a column admits, so the
-- table is made anew with its rows.
CREATE TABLE approvals_with_erasures (
    approval_id TEXT NOT NULL PRIMARY KEY CHECK (approval_id <> ''),
    kind        TEXT NOT NULL CHECK (kind IN ('role', 'erasure')),
    subject     TEXT NOT NULL CHECK (subject <> ''),
    wanted      TEXT NOT NULL CHECK (wanted <> ''),
    asked_by    TEXT NOT NULL CHECK (asked_by <> '') REFERENCES users (user_id),
    asked_at    TEXT NOT NULL CHECK (asked_at LIKE '____-__-__T__:__:__.______Z'),
    ask_reason  TEXT NOT NULL CHECK (length(ask_reason) BETWEEN 1 AND 2000),
    decided_by  TEXT CHECK (decided_by <> '') REFERENCES users (user_id),
    decided_at  TEXT CHECK (decided_at LIKE '____-__-__T__:__:__.______Z'),
    decision    TEXT CHECK (decision IN ('approved', 'refused')),
    reason      TEXT CHECK (length(reason) BETWEEN 1 AND 2000),
    CHECK (decided_by <> asked_by),
    CHECK (decided_by <> subject),
    CHECK (asked_at <= decided_at),
    CHECK ((decided_by IS NULL) = (decided_at IS NULL)),
    CHECK ((decided_by IS NULL) = (decision IS NULL)),
    CHECK ((decided_by IS NULL) = (reason IS NULL))
) STRICT;

INSERT INTO approvals_with_erasures (
    approval_id,
    kind,
    subject,
    wanted,
    asked_by,
    asked_at,
    ask_reason,
    decided_by,
    decided_at,
    decision,
    reason
)
SELECT
    approval_id,
    kind,
    subject,
    wanted,
    asked_by,
    asked_at,
    ask_reason,
    decided_by,
    decided_at,
    decision,
    reason
FROM approvals;

DROP TABLE approvals;

ALTER TABLE approvals_with_erasures RENAME TO approvals;

CREATE UNIQUE INDEX approvals_open ON approvals (kind, subject) WHERE decided_at IS NULL;

CREATE INDEX approvals_by_asking ON approvals (asked_at, approval_id);

CREATE TRIGGER approvals_only_decided BEFORE UPDATE ON approvals
WHEN OLD.decided_at IS NOT NULL OR NEW.approval_id <> OLD.approval_id OR NEW.kind <> OLD.kind
    OR NEW.subject <> OLD.subject OR NEW.wanted <> OLD.wanted OR NEW.asked_by <> OLD.asked_by
    OR NEW.asked_at <> OLD.asked_at OR NEW.ask_reason <> OLD.ask_reason
BEGIN
    SELECT RAISE(ABORT, 'rows of approvals never change');
END;

CREATE TRIGGER approvals_refuse_delete BEFORE DELETE ON approvals
BEGIN
    SELECT RAISE(ABORT, 'rows of approvals never change');
END;
