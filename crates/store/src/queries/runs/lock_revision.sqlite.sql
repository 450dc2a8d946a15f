-- runs: the row of one revision of a job. A writing transaction of SQLite is alone with the file: nothing to lock.
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
WHERE job = $1 AND from_date = $2 AND to_date = $3 AND revision = $4
