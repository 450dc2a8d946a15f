-- audit_entries: one row per entry before a number, the latest first.
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
ORDER BY entry_number DESC
LIMIT $2
