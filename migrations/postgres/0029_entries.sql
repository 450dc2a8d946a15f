-- entries: one row per change of a portfolio or of its books that somebody entered: who, when, and why. What is
-- imported from a file has the file instead. An entry of bookings is named by the origin of its transactions. A
-- correction names the transaction that it corrects, the one that takes it back, and the one that takes its place; that
-- one is empty if nothing does. Rows never change.
CREATE TABLE entries (
    entry_id       word    NOT NULL PRIMARY KEY,
    portfolio_id   word    NOT NULL REFERENCES portfolios (portfolio_id),
    kind           word    NOT NULL CHECK (kind IN ('opening', 'change', 'bookings', 'correction')),
    entered_by     word    NOT NULL,
    entered_at     instant NOT NULL,
    reason         word,
    corrects       word,
    reversal_id    word,
    replacement_id word,
    FOREIGN KEY (portfolio_id, corrects) REFERENCES transactions (portfolio_id, transaction_id),
    FOREIGN KEY (portfolio_id, reversal_id) REFERENCES transactions (portfolio_id, transaction_id),
    FOREIGN KEY (portfolio_id, replacement_id) REFERENCES transactions (portfolio_id, transaction_id),
    CHECK ((kind = 'correction') = (corrects IS NOT NULL)),
    CHECK ((kind = 'correction') = (reversal_id IS NOT NULL)),
    CHECK (kind = 'correction' OR replacement_id IS NULL),
    CHECK (kind <> 'correction' OR reason IS NOT NULL)
);

-- A transaction is corrected once; after that its replacement is.
CREATE UNIQUE INDEX entries_of_corrected ON entries (portfolio_id, corrects) WHERE corrects IS NOT NULL;

CREATE TRIGGER entries_refuse_change BEFORE UPDATE OR DELETE ON entries
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER entries_refuse_truncate BEFORE TRUNCATE ON entries
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- uploads: one row per file that somebody sent to be imported into a portfolio, where it lies, and what came of it. A
-- file that is sent again, to be imported in the same way, is the same upload. The report is JSON, and there when it
-- ended.
CREATE TABLE uploads (
    upload_id     word    NOT NULL PRIMARY KEY,
    portfolio_id  word    NOT NULL REFERENCES portfolios (portfolio_id),
    file_name     word    NOT NULL,
    format        word    NOT NULL,
    sha256        word    NOT NULL CHECK (length(sha256) = 64),
    byte_count    BIGINT  NOT NULL CHECK (1 <= byte_count),
    object_path   word    NOT NULL,
    entered_by    word    NOT NULL,
    received_at   instant NOT NULL,
    started_at    instant,
    ended_at      instant,
    state         word    NOT NULL CHECK (state IN ('queued', 'running', 'done', 'partial', 'failed')),
    report        json_text,
    UNIQUE (portfolio_id, sha256, format),
    CHECK ((state = 'queued') = (started_at IS NULL)),
    CHECK ((state IN ('done', 'partial', 'failed')) = (ended_at IS NOT NULL)),
    CHECK ((ended_at IS NULL) = (report IS NULL))
);

CREATE INDEX uploads_to_do ON uploads (received_at) WHERE ended_at IS NULL;
