-- second_factors: the row of an authenticator whose code of time step $2 is used, if none of that or a later one was.
UPDATE second_factors
SET last_step = $2
WHERE factor_id = $1 AND last_step < $2 AND ended_at IS NULL
