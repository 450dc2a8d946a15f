-- sign_in_challenges: none of a user is left.
DELETE FROM sign_in_challenges
WHERE user_id = $1
