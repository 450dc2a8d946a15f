-- recovery_codes: one row per code of a user that is good no more, because others take their place or none is needed.
UPDATE recovery_codes
SET voided_at = $2
WHERE user_id = $1 AND used_at IS NULL AND voided_at IS NULL
