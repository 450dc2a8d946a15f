-- run_steps: the rows of one run, which were made from other inputs than the run has now.
DELETE FROM run_steps
WHERE run_id = $1
