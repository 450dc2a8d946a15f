-- blocked_statements: one row per document that was due and could not be made, with the run that tried last and why.
-- A row stays when the document is made later: whoever counts looks for it among the statements.
CREATE TABLE blocked_statements (
    kind         TEXT NOT NULL CHECK (kind <> ''),
    subject_kind TEXT NOT NULL CHECK (subject_kind IN ('portfolio', 'group', 'firm')),
    subject_id   TEXT NOT NULL CHECK (subject_id <> ''),
    period_start TEXT NOT NULL CHECK (period_start IS date(period_start, '+0 days')),
    period_end   TEXT NOT NULL CHECK (period_end IS date(period_end, '+0 days')),
    run_id       TEXT NOT NULL REFERENCES runs (run_id),
    blocked_at   TEXT NOT NULL CHECK (blocked_at LIKE '____-__-__T__:__:__.______Z'),
    reason       TEXT NOT NULL CHECK (length(reason) <= 2000),
    PRIMARY KEY (kind, subject_kind, subject_id, period_start, period_end),
    CHECK (period_start <= period_end)
) STRICT;

CREATE INDEX blocked_statements_by_period_end ON blocked_statements (period_end);
