-- One row per portfolio and date whose change in value is not known in parts.
SELECT
    business_date,
    portfolio_id,
    component AS subject,
    CASE component
        WHEN 'gap' THEN concat('a close could not be valued: ', detail)
        ELSE concat('what changed the value is not known: ', detail)
    END AS message
FROM gold.nav_bridge
WHERE business_date BETWEEN $from_date AND $to_date
    AND component IN ('unknown', 'gap')
