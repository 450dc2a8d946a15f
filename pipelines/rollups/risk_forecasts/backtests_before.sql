-- One row per portfolio, method and tail: which days were exceeded so far.
SELECT
    portfolio_id,
    method,
    tail,
    exceeded_dates,
    last_gap_date
FROM gold.backtests
WHERE business_date = $date AND profit_and_loss = 'actual'
