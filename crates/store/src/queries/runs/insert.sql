-- runs: the row of a new run, held by the process that claims it; none if the run is there already.
INSERT INTO runs (
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
    started_at
)
VALUES ($1, $2, $3, $4, $5, $6, 'running', $7, 1, $8, $9, $10)
ON CONFLICT DO NOTHING
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
