-- sign_in_challenges: the row of a sign-in whose second step is done now.
UPDATE sign_in_challenges
SET used_at = $2
WHERE challenge_hash = $1 AND used_at IS NULL AND $2 < expires_at
RETURNING
    user_id,
    first_proof
