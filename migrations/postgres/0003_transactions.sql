-- transactions: one row per booked transaction; immutable.
-- insertion_number grows with every row ever inserted: the count of rows and the last number tell whether any is new.
CREATE TABLE transactions (
    insertion_number BIGINT       NOT NULL PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    portfolio_id     word         NOT NULL REFERENCES portfolios (portfolio_id),
    transaction_id   word         NOT NULL,
    booking_sequence BIGINT       NOT NULL CHECK (1 <= booking_sequence),
    trade_date       calendar_day NOT NULL,
    kind             word         NOT NULL,
    instrument_id    word,
    quantity         exact_number CHECK (quantity NOT LIKE '-%'),
    price            exact_number,
    currency         word         NOT NULL CHECK (length(currency) = 3),
    fees             exact_number NOT NULL CHECK (fees NOT LIKE '-%'),
    taxes            exact_number NOT NULL CHECK (taxes NOT LIKE '-%'),
    net_cash         exact_number NOT NULL,
    counter_currency word         CHECK (length(counter_currency) = 3),
    counter_amount   exact_number,
    note             TEXT         NOT NULL,
    origin           TEXT         NOT NULL,
    imported_at      instant      NOT NULL,
    UNIQUE (portfolio_id, transaction_id),
    CHECK ((counter_currency IS NULL) = (counter_amount IS NULL))
);

CREATE INDEX transactions_by_trade_date ON transactions (trade_date, insertion_number);

CREATE INDEX transactions_by_booking ON transactions (portfolio_id, trade_date, booking_sequence);

CREATE TRIGGER transactions_refuse_change BEFORE UPDATE OR DELETE ON transactions
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER transactions_refuse_truncate BEFORE TRUNCATE ON transactions
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
