-- rights_versions: one row: a number that rises whenever somebody may do less, or something else, than before. What was
-- decided about a session or a portfolio holds as long as it is the same (docs/adr/0041). What only adds rights raises
-- nothing: a refusal is decided anew each time.
CREATE TABLE rights_versions (
    version_id INTEGER NOT NULL PRIMARY KEY CHECK (version_id = 1),
    version    INTEGER NOT NULL CHECK (0 <= version)
) STRICT;

INSERT INTO rights_versions (version_id, version)
VALUES (1, 0);

CREATE TRIGGER users_change_rights AFTER UPDATE OF role, email_verified_at, disabled_at ON users
BEGIN
    UPDATE rights_versions SET version = version + 1 WHERE version_id = 1;
END;

CREATE TRIGGER sessions_change_rights AFTER UPDATE OF ended_at, authenticated_at, proof ON sessions
BEGIN
    UPDATE rights_versions SET version = version + 1 WHERE version_id = 1;
END;

CREATE TRIGGER sessions_take_rights AFTER DELETE ON sessions
BEGIN
    UPDATE rights_versions SET version = version + 1 WHERE version_id = 1;
END;

CREATE TRIGGER portfolio_owners_give_rights AFTER INSERT ON portfolio_owners
BEGIN
    UPDATE rights_versions SET version = version + 1 WHERE version_id = 1;
END;

CREATE TRIGGER portfolio_owners_change_rights AFTER UPDATE ON portfolio_owners
BEGIN
    UPDATE rights_versions SET version = version + 1 WHERE version_id = 1;
END;

CREATE TRIGGER delegations_change_rights AFTER UPDATE ON delegations
BEGIN
    UPDATE rights_versions SET version = version + 1 WHERE version_id = 1;
END;

CREATE TRIGGER portfolios_change_rights AFTER UPDATE ON portfolios
BEGIN
    UPDATE rights_versions SET version = version + 1 WHERE version_id = 1;
END;

CREATE TRIGGER portfolios_take_rights AFTER DELETE ON portfolios
BEGIN
    UPDATE rights_versions SET version = version + 1 WHERE version_id = 1;
END;
