-- deliveries: the row of one message that is going with a mail, leased for the attempt number $2.
UPDATE deliveries
SET mail_id = $3
WHERE delivery_id = $1 AND attempts = $2 AND state = 'pending'
