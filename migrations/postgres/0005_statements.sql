-- statements: one row per published document of a portfolio and period; immutable. A correction is a new version.
CREATE TABLE statements (
    statement_id    word         NOT NULL PRIMARY KEY,
    kind            word         NOT NULL,
    portfolio_id    word         NOT NULL REFERENCES portfolios (portfolio_id),
    period_start    calendar_day NOT NULL,
    period_end      calendar_day NOT NULL,
    version         BIGINT       NOT NULL CHECK (0 <= version),
    run_id          word         NOT NULL REFERENCES runs (run_id),
    document_sha256 word         NOT NULL CHECK (length(document_sha256) = 64),
    published_at    instant      NOT NULL,
    UNIQUE (kind, portfolio_id, period_start, period_end, version),
    CHECK (period_start <= period_end)
);

CREATE INDEX statements_by_portfolio ON statements (portfolio_id, period_end);

CREATE INDEX statements_by_run ON statements (run_id);

CREATE TRIGGER statements_refuse_change BEFORE UPDATE OR DELETE ON statements
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER statements_refuse_truncate BEFORE TRUNCATE ON statements
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- statement_files: one row per file of a statement, in the order in which it is offered; immutable.
CREATE TABLE statement_files (
    statement_id word   NOT NULL REFERENCES statements (statement_id),
    position     BIGINT NOT NULL CHECK (0 <= position),
    media_type   word   NOT NULL,
    object_path  word   NOT NULL,
    sha256       word   NOT NULL CHECK (length(sha256) = 64),
    byte_count   BIGINT NOT NULL CHECK (0 <= byte_count),
    PRIMARY KEY (statement_id, position)
);

CREATE TRIGGER statement_files_refuse_change BEFORE UPDATE OR DELETE ON statement_files
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER statement_files_refuse_truncate BEFORE TRUNCATE ON statement_files
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
