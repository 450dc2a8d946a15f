-- audit_entries: one row per entry before a number about a user, or about a portfolio that is or was the user's; the
-- latest first.
SELECT
    entry_number,
    happened_at,
    actor_kind,
    actor_id,
    action,
    subject_kind,
    subject_id,
    fields,
    outcome,
    request_id,
    previous_hash,
    entry_hash
FROM audit_entries
WHERE entry_number < $1
    AND (
        (subject_kind = 'user' AND subject_id = $2)
        OR (
            subject_kind = 'portfolio'
            AND subject_id IN (
                SELECT owned.portfolio_id
                FROM portfolio_owners AS owned
                WHERE owned.user_id = $2
            )
        )
    )
ORDER BY entry_number DESC
LIMIT $3
