-- One row per position of a portfolio on a date, the largest part of the risk first.
SELECT
    portfolio_id,
    instrument_id,
    business_date,
    es_975_contribution,
    unavailable_reason,
    proxy_instrument_id,
    proxied_scenario_count,
    proxied_through_date
FROM gold.risk_contributions
WHERE portfolio_id = $portfolio_id AND business_date = $business_date
ORDER BY es_975_contribution DESC NULLS LAST, instrument_id
