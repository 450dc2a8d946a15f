-- recovery_codes: none of a user is left.
DELETE FROM recovery_codes
WHERE user_id = $1
