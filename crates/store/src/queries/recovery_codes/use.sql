-- recovery_codes: the row of a code of a user that is used now.
UPDATE recovery_codes
SET used_at = $3
WHERE code_hash = $1 AND user_id = $2 AND used_at IS NULL AND voided_at IS NULL
