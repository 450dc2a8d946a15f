-- blocked_statements: one row per document that was due and could not be made, with the run that tried last and why.
-- A row stays when the document is made later: whoever counts looks for it among the statements.
CREATE TABLE blocked_statements (
    kind         word         NOT NULL,
    subject_kind word         NOT NULL CHECK (subject_kind IN ('portfolio', 'group', 'firm')),
    subject_id   word         NOT NULL,
    period_start calendar_day NOT NULL,
    period_end   calendar_day NOT NULL,
    run_id       word         NOT NULL REFERENCES runs (run_id),
    blocked_at   instant      NOT NULL,
    reason       TEXT         NOT NULL CHECK (length(reason) <= 2000),
    PRIMARY KEY (kind, subject_kind, subject_id, period_start, period_end),
    CHECK (period_start <= period_end)
);

CREATE INDEX blocked_statements_by_period_end ON blocked_statements (period_end);
