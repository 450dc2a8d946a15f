-- statements: one row per published document of a portfolio and period; immutable. A correction is a new version.
CREATE TABLE statements (
    statement_id    TEXT    NOT NULL PRIMARY KEY CHECK (statement_id <> ''),
    kind            TEXT    NOT NULL CHECK (kind <> ''),
    portfolio_id    TEXT    NOT NULL REFERENCES portfolios (portfolio_id),
    period_start    TEXT    NOT NULL CHECK (period_start IS date(period_start, '+0 days')),
    period_end      TEXT    NOT NULL CHECK (period_end IS date(period_end, '+0 days')),
    version         INTEGER NOT NULL CHECK (0 <= version),
    run_id          TEXT    NOT NULL REFERENCES runs (run_id),
    document_sha256 TEXT    NOT NULL CHECK (length(document_sha256) = 64),
    published_at    TEXT    NOT NULL CHECK (published_at LIKE '____-__-__T__:__:__.______Z'),
    UNIQUE (kind, portfolio_id, period_start, period_end, version),
    CHECK (period_start <= period_end)
) STRICT;

CREATE INDEX statements_by_portfolio ON statements (portfolio_id, period_end);

CREATE INDEX statements_by_run ON statements (run_id);

CREATE TRIGGER statements_refuse_update BEFORE UPDATE ON statements
BEGIN
    SELECT RAISE(ABORT, 'rows of statements never change');
END;

CREATE TRIGGER statements_refuse_delete BEFORE DELETE ON statements
BEGIN
    SELECT RAISE(ABORT, 'rows of statements never change');
END;

-- statement_files: one row per file of a statement, in the order in which it is offered; immutable.
CREATE TABLE statement_files (
    statement_id TEXT    NOT NULL REFERENCES statements (statement_id),
    position     INTEGER NOT NULL CHECK (0 <= position),
    media_type   TEXT    NOT NULL CHECK (media_type <> ''),
    object_path  TEXT    NOT NULL CHECK (object_path <> ''),
    sha256       TEXT    NOT NULL CHECK (length(sha256) = 64),
    byte_count   INTEGER NOT NULL CHECK (0 <= byte_count),
    PRIMARY KEY (statement_id, position)
) STRICT;

CREATE TRIGGER statement_files_refuse_update BEFORE UPDATE ON statement_files
BEGIN
    SELECT RAISE(ABORT, 'rows of statement_files never change');
END;

CREATE TRIGGER statement_files_refuse_delete BEFORE DELETE ON statement_files
BEGIN
    SELECT RAISE(ABORT, 'rows of statement_files never change');
END;
