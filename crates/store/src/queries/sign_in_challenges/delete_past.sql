-- sign_in_challenges: one row per sign-in that could be ended until $1.
DELETE FROM sign_in_challenges
WHERE expires_at < $1
