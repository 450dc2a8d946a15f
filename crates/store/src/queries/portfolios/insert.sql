-- portfolios: one row per portfolio; nothing happens if the id is there already.
INSERT INTO portfolios (
    portfolio_id,
    store_kind,
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
    delivery,
    created_at,
    updated_at
)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $19)
ON CONFLICT (portfolio_id) DO NOTHING
