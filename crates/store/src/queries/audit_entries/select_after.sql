-- audit_entries: one row per entry after a number, in order.
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
WHERE $1 < entry_number
ORDER BY entry_number
LIMIT $2
