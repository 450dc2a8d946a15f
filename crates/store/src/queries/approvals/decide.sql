-- approvals: the row of an open change about which somebody decides who neither asked for it nor is its subject.
UPDATE approvals
SET
    decided_by = $2,
    decided_at = $3,
    decision = $4,
    reason = $5
WHERE approval_id = $1 AND decided_at IS NULL AND asked_by <> $2 AND subject <> $2
