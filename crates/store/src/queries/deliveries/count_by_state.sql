-- deliveries: one row per state, with the number of messages in it.
SELECT
    state,
    count(*) AS delivery_count
FROM deliveries
GROUP BY state
