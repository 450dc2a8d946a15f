-- sign_in_challenges: one row per open sign-in of a user whose password, or authenticator, is another one now.
UPDATE sign_in_challenges
SET used_at = $2
WHERE user_id = $1 AND used_at IS NULL
