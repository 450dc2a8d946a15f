-- recovery_codes: the row of a new code.
INSERT INTO recovery_codes (
    code_hash,
    user_id,
    made_at
)
VALUES ($1, $2, $3)
