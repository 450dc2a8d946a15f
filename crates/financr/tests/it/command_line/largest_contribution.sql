-- One row: what adds most to the expected shortfall of a portfolio, beside the whole.
SELECT
    part.instrument_id,
    risk.expected_shortfall
FROM gold.risk_contributions AS part
JOIN gold.risk AS risk
    ON part.portfolio_id = risk.portfolio_id
    AND part.business_date = risk.business_date
WHERE part.portfolio_id = 'DEMO-001' AND risk.tail = 0.025
ORDER BY part.business_date DESC, part.es_975_contribution DESC
LIMIT 1
