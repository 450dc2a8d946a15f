-- One row per portfolio and date on which the contributions of the positions do not add up to the expected shortfall of
-- their tail. Parts of both signs are rounded, so the difference is measured by their sum regardless of sign.
WITH parts AS (
    SELECT
        portfolio_id,
        business_date,
        sum(es_975_contribution) AS total,
        sum(abs(es_975_contribution)) AS gross
    FROM gold.risk_contributions
    WHERE business_date BETWEEN $from_date AND $to_date
    GROUP BY portfolio_id, business_date
)
SELECT
    whole.business_date,
    whole.portfolio_id,
    whole.portfolio_id AS subject,
    concat(
        'the positions contribute ', coalesce(parts.total, CAST('0' AS DOUBLE)),
        ' to an expected shortfall of ', whole.expected_shortfall
    ) AS message
FROM gold.risk AS whole
LEFT JOIN parts
    ON parts.portfolio_id = whole.portfolio_id AND parts.business_date = whole.business_date
WHERE whole.business_date BETWEEN $from_date AND $to_date
    AND whole.tail = CAST('0.025' AS DOUBLE)
    AND whole.expected_shortfall IS NOT NULL
    AND (parts.total IS NULL
        OR abs(whole.expected_shortfall - parts.total)
            > CAST('0.000000001' AS DOUBLE) * (CAST('1' AS DOUBLE) + parts.gross))
