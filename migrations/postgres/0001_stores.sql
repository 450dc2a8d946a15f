-- stores: the one row that says what this store is for, live books or demonstration books.
-- Portfolios refer to it, so that invented portfolios can never stand beside real ones.

-- Dates, instants and exact numbers are texts of one fixed form, in both engines. They sort as what they mean, because
-- they are compared byte by byte (collation C), and nothing on the way can round them or move them to a time zone.
CREATE DOMAIN word AS TEXT COLLATE "C" CHECK (VALUE <> '');

CREATE DOMAIN calendar_day AS TEXT COLLATE "C" CHECK (to_char(CAST(VALUE AS DATE), 'YYYY-MM-DD') = VALUE);

CREATE DOMAIN instant AS TEXT COLLATE "C"
    CHECK (VALUE ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}[.][0-9]{6}Z$');

CREATE DOMAIN exact_number AS TEXT COLLATE "C" CHECK (VALUE ~ '^-?[0-9]+([.][0-9]+)?$');

CREATE DOMAIN json_text AS TEXT CHECK (VALUE IS NULL OR CAST(VALUE AS JSON) IS NOT NULL);

CREATE FUNCTION refuse_change() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % never change', TG_TABLE_NAME;
END
$$;

CREATE TABLE stores (
    kind         word   NOT NULL PRIMARY KEY CHECK (kind IN ('live', 'demo')),
    store_number BIGINT NOT NULL UNIQUE CHECK (store_number = 1)
);

CREATE TRIGGER stores_refuse_change BEFORE UPDATE OR DELETE ON stores
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER stores_refuse_truncate BEFORE TRUNCATE ON stores
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
