-- portfolios: the row of one portfolio.
SELECT
    portfolio_id,
    market_id,
    fx_source,
    title,
    base_currency,
    start_date,
    end_date,
    benchmark_symbol,
    benchmark_blend,
    risk_free_annual,
    risk_free_source,
    client_email,
    cost_basis,
    locked_through,
    language,
    confirmations,
    delivery
FROM portfolios
WHERE portfolio_id = $1
