-- statements: one row per statement that a run has published, without its files.
SELECT
    kind,
    subject_kind,
    subject_id,
    period_start,
    period_end
FROM statements
WHERE run_id = $1
ORDER BY statement_id
