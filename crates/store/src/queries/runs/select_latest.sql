-- runs: the row of the latest revision of a job for a range of dates.
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
WHERE job = $1 AND from_date = $2 AND to_date = $3
ORDER BY revision DESC
LIMIT 1
