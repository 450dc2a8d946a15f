-- entries: one row per change of a portfolio or of its books that somebody entered: who, when, and why. What is
-- imported from a file has the file instead. An entry of bookings is named by the origin of its transactions. A
-- correction names the transaction that it corrects, the one that takes it back, and the one that takes its place; that
-- one is empty if nothing does. Rows never change.
CREATE TABLE entries (
    entry_id       TEXT NOT NULL PRIMARY KEY CHECK (entry_id <> ''),
    portfolio_id   TEXT NOT NULL CHECK (portfolio_id <> '') REFERENCES portfolios (portfolio_id),
    kind           TEXT NOT NULL CHECK (kind IN ('opening', 'change', 'bookings', 'correction')),
    entered_by     TEXT NOT NULL CHECK (entered_by <> ''),
    entered_at     TEXT NOT NULL CHECK (entered_at LIKE '____-__-__T__:__:__.______Z'),
    reason         TEXT CHECK (reason <> ''),
    corrects       TEXT CHECK (corrects <> ''),
    reversal_id    TEXT CHECK (reversal_id <> ''),
    replacement_id TEXT CHECK (replacement_id <> ''),
    FOREIGN KEY (portfolio_id, corrects) REFERENCES transactions (portfolio_id, transaction_id),
    FOREIGN KEY (portfolio_id, reversal_id) REFERENCES transactions (portfolio_id, transaction_id),
    FOREIGN KEY (portfolio_id, replacement_id) REFERENCES transactions (portfolio_id, transaction_id),
    CHECK ((kind = 'correction') = (corrects IS NOT NULL)),
    CHECK ((kind = 'correction') = (reversal_id IS NOT NULL)),
    CHECK (kind = 'correction' OR replacement_id IS NULL),
    CHECK (kind <> 'correction' OR reason IS NOT NULL)
) STRICT;

-- A transaction is corrected once; after that its replacement is.
CREATE UNIQUE INDEX entries_of_corrected ON entries (portfolio_id, corrects) WHERE corrects IS NOT NULL;

CREATE TRIGGER entries_refuse_update BEFORE UPDATE ON entries
BEGIN
    SELECT RAISE(ABORT, 'rows of entries never change');
END;

CREATE TRIGGER entries_refuse_delete BEFORE DELETE ON entries
BEGIN
    SELECT RAISE(ABORT, 'rows of entries never change');
END;

-- uploads: one row per file that somebody sent to be imported into a portfolio, where it lies, and what came of it. A
-- file that is sent again, to be imported in the same way, is the same upload. The report is JSON, and there when it
-- ended.
CREATE TABLE uploads (
    upload_id     TEXT    NOT NULL PRIMARY KEY CHECK (upload_id <> ''),
    portfolio_id  TEXT    NOT NULL CHECK (portfolio_id <> '') REFERENCES portfolios (portfolio_id),
    file_name     TEXT    NOT NULL CHECK (file_name <> ''),
    format        TEXT    NOT NULL CHECK (format <> ''),
    sha256        TEXT    NOT NULL CHECK (length(sha256) = 64),
    byte_count    INTEGER NOT NULL CHECK (1 <= byte_count),
    object_path   TEXT    NOT NULL CHECK (object_path <> ''),
    entered_by    TEXT    NOT NULL CHECK (entered_by <> ''),
    received_at   TEXT    NOT NULL CHECK (received_at LIKE '____-__-__T__:__:__.______Z'),
    started_at    TEXT CHECK (started_at LIKE '____-__-__T__:__:__.______Z'),
    ended_at      TEXT CHECK (ended_at LIKE '____-__-__T__:__:__.______Z'),
    state         TEXT NOT NULL CHECK (state IN ('queued', 'running', 'done', 'partial', 'failed')),
    report        TEXT CHECK (json_valid(report)),
    UNIQUE (portfolio_id, sha256, format),
    CHECK ((state = 'queued') = (started_at IS NULL)),
    CHECK ((state IN ('done', 'partial', 'failed')) = (ended_at IS NOT NULL)),
    CHECK ((ended_at IS NULL) = (report IS NULL))
) STRICT;

CREATE INDEX uploads_to_do ON uploads (received_at) WHERE ended_at IS NULL;
