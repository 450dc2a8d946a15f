-- billing_events: one row with the number of a provider's events about a user that happened at $3 and $4 or later.
SELECT count(*)
FROM billing_events
WHERE provider = $1 AND user_id = $2 AND ($3, $4) <= (occurred_at, sequence_number)
