-- transactions: one row per entry of a JSON array, $1; all imported at $2.
INSERT INTO transactions (
    portfolio_id,
    transaction_id,
    booking_sequence,
    trade_date,
    kind,
    instrument_id,
    quantity,
    price,
    currency,
    fees,
    taxes,
    net_cash,
    counter_currency,
    counter_amount,
    note,
    origin,
    imported_at
)
SELECT
    json_extract(entry.value, '$.portfolio_id'),
    json_extract(entry.value, '$.transaction_id'),
    json_extract(entry.value, '$.booking_sequence'),
    json_extract(entry.value, '$.trade_date'),
    json_extract(entry.value, '$.kind'),
    json_extract(entry.value, '$.instrument_id'),
    json_extract(entry.value, '$.quantity'),
    json_extract(entry.value, '$.price'),
    json_extract(entry.value, '$.currency'),
    json_extract(entry.value, '$.fees'),
    json_extract(entry.value, '$.taxes'),
    json_extract(entry.value, '$.net_cash'),
    json_extract(entry.value, '$.counter_currency'),
    json_extract(entry.value, '$.counter_amount'),
    json_extract(entry.value, '$.note'),
    json_extract(entry.value, '$.origin'),
    $2
FROM json_each($1) AS entry
ORDER BY entry.key
