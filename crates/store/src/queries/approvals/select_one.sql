-- approvals: the row of a change that was asked for.
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
WHERE approval_id = $1
