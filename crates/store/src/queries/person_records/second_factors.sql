-- second_factors: one row per authenticator of a user, without its secret.
SELECT
    factor_id AS row_key,
    made_at,
    confirmed_at,
    ended_at,
    end_reason
FROM second_factors
WHERE user_id = $1 AND $2 < factor_id
ORDER BY factor_id
LIMIT $3
