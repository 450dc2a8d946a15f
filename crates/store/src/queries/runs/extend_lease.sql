-- runs: the row of one run, whose lease is extended for the owner that holds the fence.
UPDATE runs
SET lease_until = $3
WHERE run_id = $1 AND fence = $2 AND state = 'running'
