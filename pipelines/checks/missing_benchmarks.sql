-- One row per portfolio and valuation date on which the benchmark that it names has no level: nothing that is compared
-- with it has a figure.
SELECT
    valued.business_date,
    valued.portfolio_id,
    coalesce(portfolio.benchmark_blend, portfolio.benchmark_symbol) AS subject,
    CASE
        WHEN portfolio.benchmark_blend IS NOT NULL THEN concat(
            'a part of the benchmark ', portfolio.benchmark_blend, ' has no close or no exchange rate by then, ',
            'or is not listed in the market ', portfolio.market_id
        )
        WHEN listed.instrument_id IS NULL THEN concat(
            'the benchmark ', portfolio.benchmark_symbol, ' is not listed in the market ', portfolio.market_id
        )
        ELSE concat('the benchmark ', portfolio.benchmark_symbol, ' has no close or no exchange rate by then')
    END AS message
FROM gold.portfolio_values AS valued
JOIN silver.portfolios AS portfolio
    ON portfolio.portfolio_id = valued.portfolio_id
LEFT JOIN silver.instruments AS listed
    ON listed.market_id = portfolio.market_id AND listed.symbol = portfolio.benchmark_symbol
WHERE valued.business_date BETWEEN $from_date AND $to_date
    AND (portfolio.benchmark_symbol IS NOT NULL OR portfolio.benchmark_blend IS NOT NULL)
    AND valued.benchmark_level IS NULL
