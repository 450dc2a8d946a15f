-- second_factors: one row per authenticator that a user has or had, the latest first.
SELECT
    factor_id,
    sealed_secret,
    made_at,
    confirmed_at,
    ended_at,
    end_reason,
    ended_by,
    end_note
FROM second_factors
WHERE user_id = $1
ORDER BY made_at DESC, factor_id
LIMIT $2
