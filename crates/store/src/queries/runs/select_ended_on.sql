-- runs: the row of the run of a job that ended last, of those whose last date is this one.
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
WHERE job = $1 AND to_date = $2 AND state IN ('finished', 'blocked')
ORDER BY finished_at DESC, run_id DESC
LIMIT 1
