-- deliveries: one row per message of the mail that has been due for the longest, now leased to one sender. What may
-- have gone out goes again with what it went with; what has not goes with at most $4 others that have its bundle. No
-- other claim of a mail runs meanwhile; the last two conditions hold against a sender that notes late what it did, and
-- are no way to find the rows. SQLite begins with what a CROSS JOIN names first, which is one row.
WITH oldest AS (
    SELECT
        delivery_id,
        bundle,
        mail_id,
        copies
    FROM deliveries
    WHERE state = 'pending'
        AND channel = 'email'
        AND next_attempt_at <= $3
        AND (lease_until IS NULL OR lease_until <= $3)
    ORDER BY next_attempt_at, delivery_id
    LIMIT 1
),
begun AS (
    SELECT again.delivery_id
    FROM oldest
    CROSS JOIN deliveries AS again
    WHERE again.mail_id = oldest.mail_id
        AND 0 < oldest.copies
        AND 0 < again.copies
        AND again.delivery_id <> oldest.delivery_id
        AND again.state = 'pending'
        AND again.next_attempt_at <= $3
        AND (again.lease_until IS NULL OR again.lease_until <= $3)
),
joining AS (
    SELECT other.delivery_id
    FROM oldest
    CROSS JOIN deliveries AS other
    WHERE other.bundle = oldest.bundle
        AND oldest.copies = 0
        AND other.copies = 0
        AND other.delivery_id <> oldest.delivery_id
        AND other.state = 'pending'
        AND other.next_attempt_at <= $3
        AND (other.lease_until IS NULL OR other.lease_until <= $3)
    ORDER BY other.delivery_id
    LIMIT $4
),
due AS (
    SELECT oldest.delivery_id
    FROM oldest
    UNION ALL
    SELECT begun.delivery_id
    FROM begun
    UNION ALL
    SELECT joining.delivery_id
    FROM joining
)
UPDATE deliveries
SET
    attempts = attempts + 1,
    copies = copies + 1,
    lease_owner = $1,
    lease_until = $2
WHERE delivery_id IN (SELECT due.delivery_id FROM due)
    AND coalesce(state, '') = 'pending'
    AND (lease_until IS NULL OR lease_until <= $3)
RETURNING
    delivery_id,
    statement_id,
    channel,
    recipient,
    subject,
    state,
    attempts,
    next_attempt_at,
    delivered_at,
    last_error,
    copies,
    attempts_before,
    necessity,
    queued_at,
    language,
    mail_id
