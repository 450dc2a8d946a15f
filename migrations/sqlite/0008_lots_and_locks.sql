-- transactions: settlement, lots brought in or chosen, reversals, internal transfers. What was booked before has none.
ALTER TABLE transactions ADD COLUMN settlement_date TEXT CHECK (settlement_date IS date(settlement_date, '+0 days'));

ALTER TABLE transactions ADD COLUMN lot_cost TEXT CHECK (lot_cost GLOB '[0-9]*' AND lot_cost NOT GLOB '*[^.0-9]*');

ALTER TABLE transactions ADD COLUMN lot_acquired_date TEXT
    CHECK (lot_acquired_date IS date(lot_acquired_date, '+0 days'));

ALTER TABLE transactions ADD COLUMN lots_closed TEXT CHECK (lots_closed <> '');

ALTER TABLE transactions ADD COLUMN reverses TEXT CHECK (reverses <> '');

ALTER TABLE transactions ADD COLUMN counter_portfolio_id TEXT CHECK (counter_portfolio_id <> '');

-- portfolios: how lots are chosen, and through which day the books are closed.
ALTER TABLE portfolios ADD COLUMN cost_basis TEXT NOT NULL DEFAULT 'fifo' CHECK (cost_basis <> '');

ALTER TABLE portfolios ADD COLUMN locked_through TEXT CHECK (locked_through IS date(locked_through, '+0 days'));
