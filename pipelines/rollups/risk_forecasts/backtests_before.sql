-- One row per portfolio, method, tail and profit and loss: what was counted so far.
SELECT
    portfolio_id,
    method,
    tail,
    profit_and_loss,
    exceeded_dates,
    last_gap_date,
    pinball,
    pinball_day_count,
    exceeded_losses
FROM gold.backtests
WHERE business_date = $date
