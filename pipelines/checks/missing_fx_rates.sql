-- One row per position that cannot be converted into the base currency: there is no rate, or none that is young enough.
SELECT
    valuation.business_date,
    valuation.portfolio_id,
    valuation.instrument_id AS subject,
    CASE
        WHEN valuation.fx_rate_date IS NULL
            THEN concat('no FX rate for ', valuation.currency, ' on or before this date; ingest the rates')
        ELSE concat(
            'the rate from ', valuation.currency, ' to ', portfolio.base_currency, ' would be one of ',
            valuation.fx_rate_date, ', ',
            CAST(valuation.business_date AS BIGINT) - CAST(valuation.fx_rate_date AS BIGINT),
            ' days old, and no rate counts for more than ', CAST($fx_rate_days_max AS BIGINT),
            ' days; deliver newer ones in fx.csv, or raise fx_rate_days_max in financr.toml'
        )
    END AS message
FROM gold.valuations AS valuation
LEFT JOIN silver.portfolios AS portfolio
    ON portfolio.portfolio_id = valuation.portfolio_id
WHERE valuation.business_date BETWEEN $from_date AND $to_date
    AND valuation.value IS NOT NULL
    AND valuation.value_base IS NULL
