-- statement_removals: one row per statement whose files were removed after their period of retention; immutable. What
-- was published, with the hashes of its files, stays in statements and statement_files.
CREATE TABLE statement_removals (
    statement_id word         NOT NULL PRIMARY KEY REFERENCES statements (statement_id),
    removed_at   instant      NOT NULL,
    removed_by   word         NOT NULL,
    kept_through calendar_day NOT NULL,
    CHECK (kept_through < substr(removed_at, 1, 10))
);

CREATE INDEX statements_by_publication ON statements (published_at, statement_id);

CREATE TRIGGER statement_removals_refuse_change BEFORE UPDATE OR DELETE ON statement_removals
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER statement_removals_refuse_truncate BEFORE TRUNCATE ON statement_removals
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
