-- audit_entries: the row of a new entry.
INSERT INTO audit_entries (
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
)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
