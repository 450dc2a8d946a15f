-- portfolios: one row per portfolio, the unit of reporting, as it is agreed today.
-- store_kind is 'demo' for an invented portfolio and 'live' for a real one; the foreign key keeps the two apart.
CREATE TABLE portfolios (
    portfolio_id     TEXT NOT NULL PRIMARY KEY CHECK (portfolio_id <> ''),
    store_kind       TEXT NOT NULL REFERENCES stores (kind),
    market_id        TEXT NOT NULL CHECK (market_id <> ''),
    fx_source        TEXT NOT NULL CHECK (fx_source <> ''),
    title            TEXT NOT NULL,
    base_currency    TEXT NOT NULL CHECK (length(base_currency) = 3),
    start_date       TEXT NOT NULL CHECK (start_date IS date(start_date, '+0 days')),
    end_date         TEXT          CHECK (end_date IS date(end_date, '+0 days')),
    benchmark_symbol TEXT,
    risk_free_annual REAL,
    client_email     TEXT,
    created_at       TEXT NOT NULL CHECK (created_at LIKE '____-__-__T__:__:__.______Z'),
    updated_at       TEXT NOT NULL CHECK (updated_at LIKE '____-__-__T__:__:__.______Z'),
    CHECK (start_date <= end_date),
    CHECK (created_at <= updated_at)
) STRICT;
