-- second_factors: the row of a new authenticator, which waits for its first code.
INSERT INTO second_factors (
    factor_id,
    user_id,
    sealed_secret,
    made_at
)
VALUES ($1, $2, $3, $4)
