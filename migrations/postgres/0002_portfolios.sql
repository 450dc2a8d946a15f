-- portfolios: one row per portfolio, the unit of reporting, as it is agreed today.
-- store_kind is 'demo' for an invented portfolio and 'live' for a real one; the foreign key keeps the two apart.
CREATE TABLE portfolios (
    portfolio_id     word             NOT NULL PRIMARY KEY,
    store_kind       word             NOT NULL REFERENCES stores (kind),
    market_id        word             NOT NULL,
    fx_source        word             NOT NULL,
    title            TEXT             NOT NULL,
    base_currency    word             NOT NULL CHECK (length(base_currency) = 3),
    start_date       calendar_day     NOT NULL,
    end_date         calendar_day,
    benchmark_symbol TEXT,
    risk_free_annual DOUBLE PRECISION,
    client_email     TEXT,
    created_at       instant          NOT NULL,
    updated_at       instant          NOT NULL,
    CHECK (start_date <= end_date),
    CHECK (created_at <= updated_at)
);
