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
    benchmark_blend = $10,
    risk_free_annual = $11,
    risk_free_source = $12,
    client_email = $13,
    cost_basis = $14,
    locked_through = $15,
    language = $16,
    confirmations = $17,
    delivery = $18,
    updated_at = $19
WHERE portfolio_id = $1
