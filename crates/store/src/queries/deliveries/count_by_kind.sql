-- deliveries: one row per kind of document and state, with the number of messages about documents whose periods end in
-- a range.
SELECT
    statement.kind AS kind,
    delivery.state AS state,
    count(*) AS delivery_count
FROM statements AS statement
JOIN deliveries AS delivery
    ON delivery.statement_id = statement.statement_id
WHERE
    $1 < statement.period_end
    AND statement.period_end <= $2
GROUP BY statement.kind, delivery.state
