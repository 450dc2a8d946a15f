-- transactions: fees and taxes inside a booking that came back, and units of a payment that was owed, are negative.
-- SQLite changes no constraint of a table, so the rows move as they are into one that has others.
CREATE TABLE transactions_with_refunds (
    insertion_number     INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    portfolio_id         TEXT    NOT NULL REFERENCES portfolios (portfolio_id),
    transaction_id       TEXT    NOT NULL CHECK (transaction_id <> ''),
    booking_sequence     INTEGER NOT NULL CHECK (1 <= booking_sequence),
    trade_date           TEXT    NOT NULL CHECK (trade_date IS date(trade_date, '+0 days')),
    kind                 TEXT    NOT NULL CHECK (kind <> ''),
    instrument_id        TEXT             CHECK (instrument_id <> ''),
    quantity             TEXT             CHECK (ltrim(quantity, '-') GLOB '[0-9]*' AND quantity NOT GLOB '*[^-.0-9]*'),
    price                TEXT             CHECK (ltrim(price, '-') GLOB '[0-9]*' AND price NOT GLOB '*[^-.0-9]*'),
    currency             TEXT    NOT NULL CHECK (length(currency) = 3),
    fees                 TEXT    NOT NULL CHECK (ltrim(fees, '-') GLOB '[0-9]*' AND fees NOT GLOB '*[^-.0-9]*'),
    taxes                TEXT    NOT NULL CHECK (ltrim(taxes, '-') GLOB '[0-9]*' AND taxes NOT GLOB '*[^-.0-9]*'),
    net_cash             TEXT    NOT NULL CHECK (ltrim(net_cash, '-') GLOB '[0-9]*' AND net_cash NOT GLOB '*[^-.0-9]*'),
    counter_currency     TEXT             CHECK (length(counter_currency) = 3),
    counter_amount       TEXT             CHECK (
        ltrim(counter_amount, '-') GLOB '[0-9]*' AND counter_amount NOT GLOB '*[^-.0-9]*'
    ),
    note                 TEXT    NOT NULL,
    origin               TEXT    NOT NULL,
    imported_at          TEXT    NOT NULL CHECK (imported_at LIKE '____-__-__T__:__:__.______Z'),
    settlement_date      TEXT             CHECK (settlement_date IS date(settlement_date, '+0 days')),
    lot_cost             TEXT             CHECK (lot_cost GLOB '[0-9]*' AND lot_cost NOT GLOB '*[^.0-9]*'),
    lot_acquired_date    TEXT             CHECK (lot_acquired_date IS date(lot_acquired_date, '+0 days')),
    lots_closed          TEXT             CHECK (lots_closed <> ''),
    reverses             TEXT             CHECK (reverses <> ''),
    counter_portfolio_id TEXT             CHECK (counter_portfolio_id <> ''),
    UNIQUE (portfolio_id, transaction_id),
    CHECK ((counter_currency IS NULL) = (counter_amount IS NULL))
) STRICT;

INSERT INTO transactions_with_refunds (
    insertion_number,
    portfolio_id,
    transaction_id,
    booking_sequence,
    trade_date,
    kind,
    instrument_id,
    quantity,
    price,
    currency,
    fees,
    taxes,
    net_cash,
    counter_currency,
    counter_amount,
    note,
    origin,
    imported_at,
    settlement_date,
    lot_cost,
    lot_acquired_date,
    lots_closed,
    reverses,
    counter_portfolio_id
)
SELECT
    insertion_number,
    portfolio_id,
    transaction_id,
    booking_sequence,
    trade_date,
    kind,
    instrument_id,
    quantity,
    price,
    currency,
    fees,
    taxes,
    net_cash,
    counter_currency,
    counter_amount,
    note,
    origin,
    imported_at,
    settlement_date,
    lot_cost,
    lot_acquired_date,
    lots_closed,
    reverses,
    counter_portfolio_id
FROM transactions
ORDER BY insertion_number;

DROP TABLE transactions;

ALTER TABLE transactions_with_refunds RENAME TO transactions;

CREATE INDEX transactions_by_trade_date ON transactions (trade_date, insertion_number);

CREATE INDEX transactions_by_booking ON transactions (portfolio_id, trade_date, booking_sequence);

CREATE TRIGGER transactions_refuse_update BEFORE UPDATE ON transactions
BEGIN
    SELECT RAISE(ABORT, 'rows of transactions never change');
END;

CREATE TRIGGER transactions_refuse_delete BEFORE DELETE ON transactions
BEGIN
    SELECT RAISE(ABORT, 'rows of transactions never change');
END;
