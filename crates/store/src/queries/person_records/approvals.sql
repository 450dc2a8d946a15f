-- approvals: one row per change about a user, or that the user asked for or decided.
SELECT
    approval_id AS row_key,
    kind,
    subject,
    wanted,
    asked_by,
    asked_at,
    ask_reason,
    decided_by,
    decided_at,
    decision,
    reason
FROM approvals
WHERE (subject = $1 OR asked_by = $1 OR decided_by = $1) AND $2 < approval_id
ORDER BY approval_id
LIMIT $3
