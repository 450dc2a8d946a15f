-- portfolios: one row per portfolio after $1, in the order of their ids.
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
WHERE $1 < portfolio_id
ORDER BY portfolio_id
LIMIT $2
