-- deliveries: one row, the instant at which the next message of the outbox is due; empty if none waits.
SELECT min(next_attempt_at) AS next_due_at
FROM deliveries
WHERE state = 'pending'
