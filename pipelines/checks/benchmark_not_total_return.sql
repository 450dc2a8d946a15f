-- One row per portfolio, valuation date and symbol that it is compared with, alone or in a blend, of which nobody says
-- that its closes grow with what it pays, as the return of the portfolio does.
WITH named AS (
    -- A blend is written `SPY 0.6, AGG 0.4; quarterly`: each of its symbols stands between a comma and a space.
    SELECT DISTINCT
        market_id,
        coalesce(benchmark_blend, benchmark_symbol) AS benchmark,
        CASE
            WHEN benchmark_blend IS NULL THEN concat(', ', benchmark_symbol, ' ')
            ELSE concat(', ', benchmark_blend)
        END AS symbols
    FROM silver.portfolios
    WHERE benchmark_blend IS NOT NULL OR benchmark_symbol IS NOT NULL
),
parts AS (
    SELECT
        named.market_id,
        named.benchmark,
        listed.symbol,
        CASE
            WHEN listed.return_basis = 'price' THEN concat(
                listed.symbol, ' in the benchmark is a price index: its return is without dividends and interest, ',
                'that of the portfolio is with them'
            )
            ELSE concat(
                'nobody says whether the return of ', listed.symbol, ' in the benchmark is with dividends and ',
                'interest, as that of the portfolio is; give it a return_basis in instruments.csv'
            )
        END AS message
    FROM named
    JOIN silver.instruments AS listed
        ON listed.market_id = named.market_id
    WHERE strpos(named.symbols, concat(', ', listed.symbol, ' ')) > 0
        AND coalesce(listed.return_basis, listed.adjusted) <> 'total'
)
SELECT
    valued.business_date,
    valued.portfolio_id,
    part.symbol AS subject,
    part.message
FROM gold.portfolio_values AS valued
JOIN silver.portfolios AS portfolio
    ON portfolio.portfolio_id = valued.portfolio_id
JOIN parts AS part
    ON part.market_id = portfolio.market_id
    AND part.benchmark = coalesce(portfolio.benchmark_blend, portfolio.benchmark_symbol)
WHERE valued.business_date BETWEEN $from_date AND $to_date
    AND valued.benchmark_level IS NOT NULL
