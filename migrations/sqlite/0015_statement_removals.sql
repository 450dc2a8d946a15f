-- statement_removals: one row per statement whose files were removed after their period of retention; immutable. What
-- was published, with the hashes of its files, stays in statements and statement_files.
CREATE TABLE statement_removals (
    statement_id TEXT NOT NULL PRIMARY KEY REFERENCES statements (statement_id),
    removed_at   TEXT NOT NULL CHECK (removed_at LIKE '____-__-__T__:__:__.______Z'),
    removed_by   TEXT NOT NULL CHECK (removed_by <> ''),
    kept_through TEXT NOT NULL CHECK (kept_through IS date(kept_through, '+0 days')),
    CHECK (kept_through < substr(removed_at, 1, 10))
) STRICT;

CREATE INDEX statements_by_publication ON statements (published_at, statement_id);

CREATE TRIGGER statement_removals_refuse_update BEFORE UPDATE ON statement_removals
BEGIN
    SELECT RAISE(ABORT, 'rows of statement_removals never change');
END;

CREATE TRIGGER statement_removals_refuse_delete BEFORE DELETE ON statement_removals
BEGIN
    SELECT RAISE(ABORT, 'rows of statement_removals never change');
END;
