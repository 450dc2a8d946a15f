-- statements: what a document is about: a portfolio, a group of portfolios, or the firm. Those that were there are
-- about portfolios. Groups are known to the lake only; `portfolio_id` is there where the store knows the subject.
-- SQLite changes no constraint of a table, so the rows move out, and as they are into one that has others. What refers
-- to them is looked at when the step is complete: until then a statement may be missing.
PRAGMA defer_foreign_keys = ON;

CREATE TABLE statements_kept (
    statement_id    TEXT    NOT NULL PRIMARY KEY,
    kind            TEXT    NOT NULL,
    portfolio_id    TEXT    NOT NULL,
    period_start    TEXT    NOT NULL,
    period_end      TEXT    NOT NULL,
    version         INTEGER NOT NULL,
    run_id          TEXT    NOT NULL,
    document_sha256 TEXT    NOT NULL,
    published_at    TEXT    NOT NULL
) STRICT;

INSERT INTO statements_kept (
    statement_id,
    kind,
    portfolio_id,
    period_start,
    period_end,
    version,
    run_id,
    document_sha256,
    published_at
)
SELECT
    statement_id,
    kind,
    portfolio_id,
    period_start,
    period_end,
    version,
    run_id,
    document_sha256,
    published_at
FROM statements;

DROP TABLE statements;

CREATE TABLE statements (
    statement_id    TEXT    NOT NULL PRIMARY KEY CHECK (statement_id <> ''),
    kind            TEXT    NOT NULL CHECK (kind <> ''),
    portfolio_id    TEXT             REFERENCES portfolios (portfolio_id),
    period_start    TEXT    NOT NULL CHECK (period_start IS date(period_start, '+0 days')),
    period_end      TEXT    NOT NULL CHECK (period_end IS date(period_end, '+0 days')),
    version         INTEGER NOT NULL CHECK (0 <= version),
    run_id          TEXT    NOT NULL REFERENCES runs (run_id),
    document_sha256 TEXT    NOT NULL CHECK (length(document_sha256) = 64),
    published_at    TEXT    NOT NULL CHECK (published_at LIKE '____-__-__T__:__:__.______Z'),
    subject_kind    TEXT    NOT NULL CHECK (subject_kind IN ('portfolio', 'group', 'firm')),
    subject_id      TEXT    NOT NULL CHECK (subject_id <> ''),
    UNIQUE (kind, subject_kind, subject_id, period_start, period_end, version),
    CHECK (period_start <= period_end),
    CHECK ((subject_kind = 'portfolio') = (portfolio_id IS NOT NULL)),
    CHECK (portfolio_id IS NULL OR portfolio_id = subject_id),
    CHECK (subject_kind <> 'firm' OR subject_id = 'firm')
) STRICT;

INSERT INTO statements (
    statement_id,
    kind,
    portfolio_id,
    period_start,
    period_end,
    version,
    run_id,
    document_sha256,
    published_at,
    subject_kind,
    subject_id
)
SELECT
    statement_id,
    kind,
    portfolio_id,
    period_start,
    period_end,
    version,
    run_id,
    document_sha256,
    published_at,
    'portfolio',
    portfolio_id
FROM statements_kept;

DROP TABLE statements_kept;

CREATE INDEX statements_by_portfolio ON statements (portfolio_id, period_end);

CREATE INDEX statements_by_run ON statements (run_id);

CREATE INDEX statements_by_period_end ON statements (period_end, portfolio_id);

CREATE INDEX statements_by_publication ON statements (published_at, statement_id);

CREATE INDEX statements_by_subject ON statements (subject_kind, subject_id, period_end);

CREATE TRIGGER statements_refuse_update BEFORE UPDATE ON statements
BEGIN
    SELECT RAISE(ABORT, 'rows of statements never change');
END;

CREATE TRIGGER statements_refuse_delete BEFORE DELETE ON statements
BEGIN
    SELECT RAISE(ABORT, 'rows of statements never change');
END;
