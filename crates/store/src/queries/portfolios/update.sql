-- portfolios: the row of one portfolio, as it is agreed now.
UPDATE portfolios
SET
    store_kind = $2,
    market_id = $3,
    fx_source = $4,
    title = $5,
    base_currency = $6,
    start_date = $7,
    end_date = $8,
    benchmark_symbol = $9,
    risk_free_annual = $10,
    client_email = $11,
    cost_basis = $12,
    locked_through = $13,
    updated_at = $14
WHERE portfolio_id = $1
