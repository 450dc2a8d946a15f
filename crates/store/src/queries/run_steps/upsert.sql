-- run_steps: one row per step of a run; a step that is done again replaces its row.
INSERT INTO run_steps (
    run_id,
    position,
    name,
    state,
    table_versions_read,
    rows_written,
    duration_ms,
    note,
    finished_at
)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT (run_id, name) DO UPDATE
SET
    position = excluded.position,
    state = excluded.state,
    table_versions_read = excluded.table_versions_read,
    rows_written = excluded.rows_written,
    duration_ms = excluded.duration_ms,
    note = excluded.note,
    finished_at = excluded.finished_at
