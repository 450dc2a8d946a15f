-- One row per portfolio and valuation date whose dated rate without risk is missing, too old to count or about to be:
-- figures above the rate are then missing, or soon will be. Rates of more than a year before are not looked for.
WITH days AS (
    SELECT
        valued.portfolio_id,
        valued.business_date,
        portfolio.risk_free_source,
        portfolio.base_currency
    FROM gold.portfolio_values AS valued
    JOIN silver.portfolios AS portfolio
        ON portfolio.portfolio_id = valued.portfolio_id
    WHERE valued.business_date BETWEEN $from_date AND $to_date
        AND portfolio.risk_free_source IS NOT NULL
),
series AS (
    SELECT DISTINCT risk_free_source, base_currency, business_date
    FROM days
),
newest AS (
    SELECT
        series.risk_free_source,
        series.base_currency,
        series.business_date,
        max(rate.rate_date) AS rate_date
    FROM series
    LEFT JOIN silver.risk_free_rates AS rate
        ON rate.risk_free_source = series.risk_free_source
        AND rate.currency = series.base_currency
        AND rate.rate_date <= series.business_date
        AND CAST(series.business_date AS BIGINT) - CAST(rate.rate_date AS BIGINT) <= 366
    GROUP BY series.risk_free_source, series.base_currency, series.business_date
)
SELECT
    days.business_date,
    days.portfolio_id,
    days.base_currency AS subject,
    CASE
        WHEN newest.rate_date IS NULL THEN concat(
            'the market ', days.risk_free_source, ' has no risk-free rate for ', days.base_currency,
            ' in the year up to this date, so that figures above it are missing; deliver risk_free.csv'
        )
        WHEN $risk_free_days_max < CAST(days.business_date AS BIGINT) - CAST(newest.rate_date AS BIGINT) THEN concat(
            'the last risk-free rate for ', days.base_currency, ' is of ', newest.rate_date, ', ',
            CAST(days.business_date AS BIGINT) - CAST(newest.rate_date AS BIGINT),
            ' days old, and none counts for more than ', CAST($risk_free_days_max AS BIGINT),
            ' days, so that figures above it are missing; deliver newer ones in risk_free.csv'
        )
        ELSE concat(
            'the last risk-free rate for ', days.base_currency, ' is of ', newest.rate_date, ', ',
            CAST(days.business_date AS BIGINT) - CAST(newest.rate_date AS BIGINT),
            ' days old; after ', CAST($risk_free_days_max AS BIGINT),
            ' days figures above it are missing; deliver newer ones in risk_free.csv'
        )
    END AS message
FROM days
JOIN newest
    ON newest.risk_free_source = days.risk_free_source
    AND newest.base_currency = days.base_currency
    AND newest.business_date = days.business_date
WHERE newest.rate_date IS NULL
    OR $risk_free_days_warn < CAST(days.business_date AS BIGINT) - CAST(newest.rate_date AS BIGINT)
