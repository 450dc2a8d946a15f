-- runs: the row of one run, kept as it is and held until the transaction ends, if the fence is still the owner's.
UPDATE runs
SET fence = fence
WHERE run_id = $1 AND fence = $2 AND state = 'running'
