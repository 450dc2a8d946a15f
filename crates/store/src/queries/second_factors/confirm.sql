-- second_factors: the row of an authenticator whose first code, of time step $4, was right.
UPDATE second_factors
SET
    confirmed_at = $3,
    last_step = $4
WHERE factor_id = $1 AND user_id = $2 AND confirmed_at IS NULL AND ended_at IS NULL
