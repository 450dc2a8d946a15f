-- sign_in_challenges: the row of a sign-in whose password was right.
INSERT INTO sign_in_challenges (
    challenge_hash,
    user_id,
    first_proof,
    made_at,
    expires_at
)
VALUES ($1, $2, $3, $4, $5)
