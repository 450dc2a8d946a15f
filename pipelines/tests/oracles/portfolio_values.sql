-- What gold.portfolio_values must hold: one row per portfolio and valuation date, summed from the positions' values.
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
    coalesce(summed.missing_count, 0) AS missing_count
FROM valuation_days AS day
LEFT JOIN summed
    ON summed.portfolio_id = day.portfolio_id AND summed.business_date = day.business_date
WHERE day.business_date BETWEEN $from_date AND $to_date
ORDER BY day.portfolio_id, day.business_date
