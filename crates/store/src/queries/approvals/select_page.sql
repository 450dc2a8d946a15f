-- approvals: one row per change that was asked for before a place; the latest first, those that are open if $3 is 1.
SELECT
    approval_id,
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
WHERE (asked_at, approval_id) < ($1, $2) AND ($3 = 0 OR decided_at IS NULL)
ORDER BY asked_at DESC, approval_id DESC
LIMIT $4
