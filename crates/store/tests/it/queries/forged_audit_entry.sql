-- audit_entries: a seventh entry after six, which nobody's hash names.
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
SELECT
    7,
    happened_at,
    actor_kind,
    actor_id,
    action,
    subject_kind,
    subject_id,
    fields,
    outcome,
    request_id,
    entry_hash,
    previous_hash
FROM audit_entries
WHERE entry_number = 6
