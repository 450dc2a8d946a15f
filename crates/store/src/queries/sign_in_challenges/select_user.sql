-- sign_in_challenges: whose sign-in it is, if its second step can be done now.
SELECT user_id
FROM sign_in_challenges
WHERE challenge_hash = $1 AND used_at IS NULL AND $2 < expires_at
