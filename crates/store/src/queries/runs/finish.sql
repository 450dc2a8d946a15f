-- runs: the row of one run, ended by the owner that holds the fence; none if the fence is another's.
UPDATE runs
SET
    state = $3,
    finished_at = $4,
    error = $5,
    summary = $6
WHERE run_id = $1 AND fence = $2 AND state = 'running'
RETURNING
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
