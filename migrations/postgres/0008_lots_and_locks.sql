-- transactions: settlement, lots brought in or chosen, reversals, internal transfers. What was booked before has none.
ALTER TABLE transactions
    ADD COLUMN settlement_date calendar_day,
    ADD COLUMN lot_cost exact_number CHECK (lot_cost NOT LIKE '-%'),
    ADD COLUMN lot_acquired_date calendar_day,
    ADD COLUMN lots_closed word,
    ADD COLUMN reverses word,
    ADD COLUMN counter_portfolio_id word;

-- portfolios: how lots are chosen, and through which day the books are closed.
ALTER TABLE portfolios
    ADD COLUMN cost_basis word NOT NULL DEFAULT 'fifo',
    ADD COLUMN locked_through calendar_day;
