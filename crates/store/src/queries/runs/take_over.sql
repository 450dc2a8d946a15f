-- runs: the row of one run, handed to a new owner with the next fence; none if another was faster.
UPDATE runs
SET
    state = 'running',
    owner = $3,
    fence = fence + 1,
    lease_until = $4,
    program_version = $5,
    input_fingerprint = $6,
    finished_at = NULL,
    error = NULL,
    summary = NULL
WHERE run_id = $1 AND fence = $2
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
