-- runs: one row per run, the latest start first, after a place in that order.
SELECT
    run_id,
    job,
    from_date,
    to_date,
    revision,
    input_fingerprint,
    state,
    owner,
    fence,
    lease_until,
    program_version,
    started_at,
    finished_at,
    error,
    summary
FROM runs
WHERE (started_at, run_id) < ($1, $2)
ORDER BY started_at DESC, run_id DESC
LIMIT $3
