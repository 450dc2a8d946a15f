-- blocked_statements: one row per document that was due and could not be made; the run that tried last says why.
INSERT INTO blocked_statements (
    kind,
    subject_kind,
    subject_id,
    period_start,
    period_end,
    run_id,
    blocked_at,
    reason
)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (kind, subject_kind, subject_id, period_start, period_end) DO UPDATE SET
    run_id = excluded.run_id,
    blocked_at = excluded.blocked_at,
    reason = excluded.reason
