-- One row per portfolio, instrument and first valuation date on which cash that an issuer announced and the broker
-- books is late: units were held at the close before the ex-date, and nothing that stands for the announcement was
-- booked from the ex-date to seven days after the day of payment. Up to then nothing is missing yet. What was taken
-- back was never booked. One booking counts for every announcement that it can stand for.
WITH stands_for AS (
    -- The kinds of announcement whose cash the broker books, with the kinds of transaction by which it does.
    SELECT
        column1 AS action_kind,
        column2 AS kind
    FROM (
        VALUES
            ('CASH_DIVIDEND', 'DIVIDEND'),
            ('CASH_DIVIDEND', 'DIVIDEND_REINVESTED'),
            ('SPECIAL_DIVIDEND', 'DIVIDEND'),
            ('SPECIAL_DIVIDEND', 'DIVIDEND_REINVESTED'),
            ('DIVIDEND_REINVESTMENT', 'DIVIDEND'),
            ('DIVIDEND_REINVESTMENT', 'DIVIDEND_REINVESTED'),
            ('OPTIONAL_DIVIDEND', 'DIVIDEND'),
            ('OPTIONAL_DIVIDEND', 'DIVIDEND_REINVESTED'),
            ('OPTIONAL_DIVIDEND', 'DIVIDEND_IN_KIND'),
            ('OPTIONAL_DIVIDEND', 'STOCK_DIVIDEND'),
            ('RETURN_OF_CAPITAL', 'RETURN_OF_CAPITAL')
    )
),
announced AS (
    SELECT
        instrument_id,
        ex_date,
        kind,
        amount,
        currency,
        -- The last word of the choice can be empty: the engine cannot add days to a date that never is.
        CASE WHEN pay_date IS NULL OR pay_date < ex_date THEN ex_date ELSE pay_date END AS paid_on
    FROM silver.corporate_actions
    WHERE kind IN (SELECT action_kind FROM stands_for)
),
windows AS (
    SELECT
        instrument_id,
        ex_date,
        kind,
        amount,
        currency,
        paid_on,
        paid_on + INTERVAL '7' DAY AS last_date,
        -- A choice between cash and units is for the next announcement that offers it.
        max(paid_on) OVER (
            PARTITION BY instrument_id, kind
            ORDER BY ex_date
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ) AS earlier_paid_on
    FROM announced
),
checked AS (
    SELECT
        portfolio_id,
        business_date,
        previous_business_date
    FROM gold.portfolio_values
    WHERE business_date BETWEEN $from_date AND $to_date
),
-- Windows that can have ended between the valuation date before the first that is checked and the last one.
ended AS (
    SELECT
        windows.instrument_id,
        windows.ex_date,
        windows.kind,
        windows.amount,
        windows.currency,
        windows.paid_on,
        windows.last_date,
        windows.earlier_paid_on
    FROM windows
    CROSS JOIN (SELECT min(previous_business_date) AS since_date FROM checked) AS first_checked
    WHERE windows.last_date >= first_checked.since_date
        AND windows.last_date < $to_date
),
-- A row of a position holds from its date until the next one.
held AS (
    SELECT
        portfolio_id,
        instrument_id,
        business_date,
        lead(business_date) OVER (
            PARTITION BY portfolio_id, instrument_id
            ORDER BY business_date
        ) AS next_date,
        quantity
    FROM gold.positions
    WHERE instrument_id IN (SELECT instrument_id FROM ended)
),
owed AS (
    SELECT
        held.portfolio_id,
        checked.business_date,
        ended.instrument_id,
        ended.ex_date,
        ended.kind,
        ended.amount,
        ended.currency,
        ended.paid_on,
        ended.last_date,
        ended.earlier_paid_on,
        held.quantity
    FROM ended
    JOIN held
        ON held.instrument_id = ended.instrument_id
        AND held.business_date < ended.ex_date
        AND (held.next_date IS NULL OR held.next_date >= ended.ex_date)
    JOIN checked
        ON checked.portfolio_id = held.portfolio_id
        AND checked.previous_business_date <= ended.last_date
        AND checked.business_date > ended.last_date
    WHERE held.quantity > 0
),
taken_back AS (
    SELECT DISTINCT
        portfolio_id,
        reverses AS transaction_id
    FROM silver.transactions
    WHERE reverses IS NOT NULL
),
standing AS (
    SELECT
        one.portfolio_id,
        one.instrument_id,
        one.trade_date,
        one.kind
    FROM silver.transactions AS one
    LEFT ANTI JOIN taken_back
        ON taken_back.portfolio_id = one.portfolio_id
        AND taken_back.transaction_id = one.transaction_id
),
booked AS (
    SELECT
        standing.portfolio_id,
        standing.instrument_id,
        standing.trade_date,
        stands_for.action_kind
    FROM standing
    JOIN stands_for
        ON stands_for.kind = standing.kind
),
-- Who chose units of an optional dividend is not looked at.
elected AS (
    SELECT
        portfolio_id,
        instrument_id,
        trade_date,
        'OPTIONAL_DIVIDEND' AS action_kind
    FROM standing
    WHERE kind = 'ELECT_STOCK'
)
SELECT
    owed.business_date,
    owed.portfolio_id,
    owed.instrument_id AS subject,
    string_agg(
        concat('nothing was booked for the ', owed.kind, ' of ', owed.ex_date, ', ',
            rtrim(rtrim(CAST(owed.quantity AS VARCHAR), '0'), '.'), ' × ',
            rtrim(rtrim(CAST(owed.amount AS VARCHAR), '0'), '.'), ' ', owed.currency, ', up to ', owed.last_date),
        '; '
        ORDER BY owed.ex_date, owed.kind
    ) AS message
FROM owed
LEFT ANTI JOIN booked
    ON booked.portfolio_id = owed.portfolio_id
    AND booked.instrument_id = owed.instrument_id
    AND booked.action_kind = owed.kind
    AND booked.trade_date BETWEEN owed.ex_date AND owed.last_date
LEFT ANTI JOIN elected
    ON elected.portfolio_id = owed.portfolio_id
    AND elected.instrument_id = owed.instrument_id
    AND elected.action_kind = owed.kind
    AND elected.trade_date <= owed.paid_on
    AND (owed.earlier_paid_on IS NULL OR elected.trade_date > owed.earlier_paid_on)
GROUP BY owed.business_date, owed.portfolio_id, owed.instrument_id
