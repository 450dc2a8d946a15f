-- runs: the row of one run, held until the transaction ends.
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
WHERE run_id = $1
FOR UPDATE
