-- rights_versions: one row: a number that rises whenever somebody may do less, or something else, than before. What was
-- decided about a session or a portfolio holds as long as it is the same (docs/adr/0041). What only adds rights raises
-- nothing: a refusal is decided anew each time.
CREATE TABLE rights_versions (
    version_id bigint NOT NULL PRIMARY KEY CHECK (version_id = 1),
    version    bigint NOT NULL CHECK (0 <= version)
);

INSERT INTO rights_versions (version_id, version)
VALUES (1, 0);

CREATE FUNCTION raise_rights_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE rights_versions SET version = version + 1 WHERE version_id = 1;
    RETURN NULL;
END
$$;

CREATE TRIGGER users_change_rights AFTER UPDATE OF role, email_verified_at, disabled_at ON users
    FOR EACH ROW EXECUTE FUNCTION raise_rights_version();

CREATE TRIGGER sessions_change_rights AFTER UPDATE OF ended_at, authenticated_at, proof OR DELETE ON sessions
    FOR EACH ROW EXECUTE FUNCTION raise_rights_version();

CREATE TRIGGER portfolio_owners_change_rights AFTER INSERT OR UPDATE ON portfolio_owners
    FOR EACH ROW EXECUTE FUNCTION raise_rights_version();

CREATE TRIGGER delegations_change_rights AFTER UPDATE ON delegations
    FOR EACH ROW EXECUTE FUNCTION raise_rights_version();

CREATE TRIGGER portfolios_change_rights AFTER UPDATE OR DELETE ON portfolios
    FOR EACH ROW EXECUTE FUNCTION raise_rights_version();
