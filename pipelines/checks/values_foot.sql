-- One row per portfolio and date on which the portfolio's value is not the sum of its positions' values. The two are
-- computed apart: positions are converted one by one, the portfolio's value currency by currency, each to ten decimals.
WITH summed AS (
    SELECT
        portfolio_id,
        business_date,
        sum(value_base) AS total
    FROM gold.valuations
    WHERE business_date BETWEEN $from_date AND $to_date
    GROUP BY portfolio_id, business_date
)
SELECT
    portfolio.business_date,
    portfolio.portfolio_id,
    portfolio.portfolio_id AS subject,
    concat(
        'the value is ', portfolio.market_value,
        ', securities and cash add up to ', portfolio.securities_value + portfolio.cash_value,
        ' and the positions to ', coalesce(summed.total, 0)
    ) AS message
FROM gold.portfolio_values AS portfolio
LEFT JOIN summed
    ON summed.portfolio_id = portfolio.portfolio_id AND summed.business_date = portfolio.business_date
WHERE portfolio.business_date BETWEEN $from_date AND $to_date
    AND portfolio.market_value IS NOT NULL
    AND (portfolio.market_value <> portfolio.securities_value + portfolio.cash_value
        OR abs(portfolio.market_value - coalesce(summed.total, 0)) > CAST('0.000001' AS DECIMAL(30, 10)))
