-- stores: the one row that says what this store is for, live books or demonstration books.
-- Portfolios refer to it, so that invented portfolios can never stand beside real ones.
CREATE TABLE stores (
    kind         TEXT    NOT NULL PRIMARY KEY CHECK (kind IN ('live', 'demo')),
    store_number INTEGER NOT NULL UNIQUE CHECK (store_number = 1)
) STRICT;

CREATE TRIGGER stores_refuse_update BEFORE UPDATE ON stores
BEGIN
    SELECT RAISE(ABORT, 'rows of stores never change');
END;

CREATE TRIGGER stores_refuse_delete BEFORE DELETE ON stores
BEGIN
    SELECT RAISE(ABORT, 'rows of stores never change');
END;
