-- recovery_codes: how many codes of a user are good.
SELECT count(*)
FROM recovery_codes
WHERE user_id = $1 AND used_at IS NULL AND voided_at IS NULL
