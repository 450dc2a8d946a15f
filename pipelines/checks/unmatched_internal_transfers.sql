-- One row per internal transfer whose lots are lost between two portfolios: a receipt without a cost of its own that
-- belongs to no disposal, or a disposal of units that the other portfolio does not book as received. Which rows belong
-- together is said in `ledger::internal_transfers`, by which the books are kept: the same units of an instrument on one
-- day, each naming the other portfolio, in the order of booking; on one day units are passed on once.
WITH taken_back AS (
    SELECT DISTINCT
        portfolio_id,
        reverses AS transaction_id
    FROM silver.transactions
    WHERE reverses IS NOT NULL
),
standing AS (
    SELECT
        moved.portfolio_id,
        moved.counter_portfolio_id,
        moved.transaction_id,
        moved.booking_sequence,
        moved.kind,
        moved.instrument_id,
        moved.trade_date,
        moved.quantity,
        moved.lot_cost IS NOT NULL AS has_cost,
        -- Where the units come from and go to, as the booking says; empty if it does not say so.
        CASE
            WHEN moved.counter_portfolio_id IS NULL THEN ''
            WHEN moved.kind = 'INTERNAL_OUT' THEN moved.portfolio_id
            ELSE moved.counter_portfolio_id
        END AS sender_id,
        CASE
            WHEN moved.counter_portfolio_id IS NULL THEN ''
            WHEN moved.kind = 'INTERNAL_OUT' THEN moved.counter_portfolio_id
            ELSE moved.portfolio_id
        END AS receiver_id,
        row_number() OVER (
            PARTITION BY
                moved.kind,
                moved.portfolio_id,
                moved.counter_portfolio_id,
                moved.instrument_id,
                moved.trade_date,
                moved.quantity
            ORDER BY moved.booking_sequence, moved.transaction_id
        ) AS place
    FROM silver.transactions AS moved
    LEFT ANTI JOIN taken_back
        ON taken_back.portfolio_id = moved.portfolio_id
        AND taken_back.transaction_id = moved.transaction_id
    WHERE moved.kind IN ('INTERNAL_IN', 'INTERNAL_OUT')
),
pairs AS (
    SELECT
        sent.portfolio_id AS sender_id,
        sent.transaction_id AS sent_id,
        sent.booking_sequence AS sent_sequence,
        received.portfolio_id AS receiver_id,
        received.transaction_id AS received_id,
        received.booking_sequence AS received_sequence,
        received.has_cost,
        sent.instrument_id,
        sent.trade_date
    FROM standing AS sent
    JOIN standing AS received
        ON received.portfolio_id = sent.counter_portfolio_id
        AND received.counter_portfolio_id = sent.portfolio_id
        AND received.instrument_id = sent.instrument_id
        AND received.trade_date = sent.trade_date
        AND received.quantity = sent.quantity
        AND received.place = sent.place
    WHERE sent.kind = 'INTERNAL_OUT'
        AND received.kind = 'INTERNAL_IN'
        AND sent.portfolio_id <> received.portfolio_id
),
-- Transfers of units that came in on the same day with lots that they may pass on.
passed_on AS (
    SELECT DISTINCT
        later.receiver_id,
        later.received_id
    FROM pairs AS later
    JOIN pairs AS earlier
        ON earlier.receiver_id = later.sender_id
        AND earlier.instrument_id = later.instrument_id
        AND earlier.trade_date = later.trade_date
    WHERE NOT earlier.has_cost
        AND (earlier.received_sequence < later.sent_sequence
            OR (earlier.received_sequence = later.sent_sequence AND earlier.received_id < later.sent_id))
),
-- The same of units that had been passed on to the sender: there the way ends.
passed_on_again AS (
    SELECT DISTINCT
        later.receiver_id,
        later.received_id
    FROM pairs AS later
    JOIN pairs AS earlier
        ON earlier.receiver_id = later.sender_id
        AND earlier.instrument_id = later.instrument_id
        AND earlier.trade_date = later.trade_date
    JOIN passed_on
        ON passed_on.receiver_id = earlier.receiver_id
        AND passed_on.received_id = earlier.received_id
    WHERE NOT earlier.has_cost
        AND (earlier.received_sequence < later.sent_sequence
            OR (earlier.received_sequence = later.sent_sequence AND earlier.received_id < later.sent_id))
),
handed_over AS (
    SELECT
        pairs.receiver_id,
        pairs.received_id
    FROM pairs
    LEFT ANTI JOIN passed_on_again
        ON passed_on_again.receiver_id = pairs.receiver_id
        AND passed_on_again.received_id = pairs.received_id
),
-- Units that arrived altogether: one disposal may be received lot by lot, each with its cost.
arrived AS (
    SELECT
        sender_id,
        receiver_id,
        instrument_id,
        trade_date,
        sum(CASE WHEN kind = 'INTERNAL_OUT' THEN quantity ELSE 0 END) AS sent_quantity,
        sum(CASE WHEN kind = 'INTERNAL_IN' THEN quantity ELSE 0 END) AS received_quantity
    FROM standing
    GROUP BY sender_id, receiver_id, instrument_id, trade_date
),
unmatched AS (
    SELECT
        standing.portfolio_id,
        standing.transaction_id,
        concat('nothing hands lots over to the INTERNAL_IN ', standing.transaction_id, ' of ', standing.trade_date,
            ', so its units cost what they are worth: let an INTERNAL_OUT of the same day, instrument and units in ',
            coalesce(standing.counter_portfolio_id, 'the other portfolio'), ' and this one name each other in',
            ' counter_portfolio (units are passed on once a day), or give it lot_cost and lot_acquired_date') AS message
    FROM standing
    LEFT ANTI JOIN handed_over
        ON handed_over.receiver_id = standing.portfolio_id
        AND handed_over.received_id = standing.transaction_id
    WHERE standing.kind = 'INTERNAL_IN'
        AND NOT standing.has_cost
    UNION ALL
    SELECT
        standing.portfolio_id,
        standing.transaction_id,
        concat('nobody receives the units of the INTERNAL_OUT ', standing.transaction_id, ' of ', standing.trade_date,
            ': let an INTERNAL_IN of the same day, instrument and units in ',
            coalesce(standing.counter_portfolio_id, 'the other portfolio'), ' and this one name each other in',
            ' counter_portfolio, or book a TRANSFER_OUT if they left the house') AS message
    FROM standing
    LEFT ANTI JOIN pairs
        ON pairs.sender_id = standing.portfolio_id
        AND pairs.sent_id = standing.transaction_id
    JOIN arrived
        ON arrived.sender_id = standing.sender_id
        AND arrived.receiver_id = standing.receiver_id
        AND arrived.instrument_id = standing.instrument_id
        AND arrived.trade_date = standing.trade_date
    WHERE standing.kind = 'INTERNAL_OUT'
        AND arrived.sent_quantity <> arrived.received_quantity
)
SELECT
    flow.business_date,
    unmatched.portfolio_id,
    unmatched.transaction_id AS subject,
    unmatched.message
FROM unmatched
JOIN gold.cash_flows AS flow
    ON flow.portfolio_id = unmatched.portfolio_id
    AND flow.transaction_id = unmatched.transaction_id
WHERE flow.business_date BETWEEN $from_date AND $to_date
