-- What gold.portfolio_values must hold: one row per portfolio and valuation date, summed from the positions' values.
-- The level of the benchmark is its last close, of a line in the base currency that was never split.
-- A valuation date is a day on which the portfolio's market was quoted, from its first day to its last.
WITH quoted_days AS (
    SELECT DISTINCT
        market_id,
        quote_date
    FROM silver.quotes
    WHERE quote_date <= $to_date
),
valuation_days AS (
    SELECT
        portfolio.portfolio_id,
        portfolio.base_currency,
        day.quote_date AS business_date,
        lag(day.quote_date) OVER (PARTITION BY portfolio.portfolio_id ORDER BY day.quote_date) AS previous_business_date
    FROM silver.portfolios AS portfolio
    JOIN quoted_days AS day
        ON day.market_id = portfolio.market_id
    WHERE portfolio.start_date <= day.quote_date
        AND (portfolio.end_date IS NULL OR day.quote_date <= portfolio.end_date)
),
summed AS (
    SELECT
        portfolio_id,
        business_date,
        sum(value_base) AS market_value,
        sum(CASE WHEN price_basis = 'cash' THEN value_base END) AS cash_value,
        sum(CASE WHEN price_basis <> 'cash' THEN value_base END) AS securities_value,
        sum(CASE WHEN price_basis <> 'cash' THEN 1 ELSE 0 END) AS position_count,
        sum(CASE WHEN price_date < business_date THEN 1 ELSE 0 END) AS carried_price_count,
        sum(CASE WHEN value_base IS NULL THEN 1 ELSE 0 END) AS missing_count,
        sum(CASE WHEN value_base IS NULL AND price_basis = 'cash' THEN 1 ELSE 0 END) AS missing_cash_count,
        sum(CASE WHEN value_base IS NULL AND price_basis <> 'cash' THEN 1 ELSE 0 END) AS missing_securities_count
    FROM gold.valuations
    WHERE business_date BETWEEN $from_date AND $to_date
    GROUP BY portfolio_id, business_date
),
last_closes AS (
    SELECT
        day.portfolio_id,
        day.business_date,
        quote.instrument_id,
        max(quote.quote_date) AS quote_date
    FROM valuation_days AS day
    JOIN silver.portfolios AS portfolio
        ON portfolio.portfolio_id = day.portfolio_id
    JOIN silver.quotes AS quote
        ON quote.instrument_id = concat(portfolio.market_id, '~', portfolio.benchmark_symbol)
        AND quote.quote_date <= day.business_date
    GROUP BY day.portfolio_id, day.business_date, quote.instrument_id
)
SELECT
    day.portfolio_id,
    day.business_date,
    day.previous_business_date,
    day.base_currency,
    CASE WHEN summed.portfolio_id IS NULL THEN 0 WHEN summed.missing_count = 0 THEN summed.market_value END
        AS market_value,
    CASE WHEN coalesce(summed.missing_securities_count, 0) = 0 THEN coalesce(summed.securities_value, 0) END
        AS securities_value,
    CASE WHEN coalesce(summed.missing_cash_count, 0) = 0 THEN coalesce(summed.cash_value, 0) END AS cash_value,
    coalesce(summed.position_count, 0) AS position_count,
    coalesce(summed.carried_price_count, 0) AS carried_price_count,
    coalesce(summed.missing_count, 0) AS missing_count,
    CAST(benchmark.close AS DOUBLE) AS benchmark_level,
    CAST(NULL AS DOUBLE) AS risk_free_annual
FROM valuation_days AS day
LEFT JOIN summed
    ON summed.portfolio_id = day.portfolio_id AND summed.business_date = day.business_date
LEFT JOIN last_closes
    ON last_closes.portfolio_id = day.portfolio_id AND last_closes.business_date = day.business_date
LEFT JOIN silver.quotes AS benchmark
    ON benchmark.instrument_id = last_closes.instrument_id AND benchmark.quote_date = last_closes.quote_date
WHERE day.business_date BETWEEN $from_date AND $to_date
ORDER BY day.portfolio_id, day.business_date
