-- deliveries: one row, how many messages of one channel wait to be sent.
SELECT count(*) AS delivery_count
FROM deliveries
WHERE state = 'pending' AND channel = $1
