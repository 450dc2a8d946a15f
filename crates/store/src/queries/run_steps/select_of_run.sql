-- run_steps: one row per step of one run, in the order in which they are done.
SELECT
    run_id,
    position,
    name,
    state,
    table_versions_read,
    rows_written,
    duration_ms,
    note,
    finished_at
FROM run_steps
WHERE run_id = $1
ORDER BY position, name
