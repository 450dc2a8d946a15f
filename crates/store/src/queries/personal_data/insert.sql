-- personal_data: the row of a user whose data is sealed.
INSERT INTO personal_data (
    user_id,
    key_id,
    wrapped_key,
    email,
    display_name,
    sealed_at
)
VALUES ($1, $2, $3, $4, $5, $6)
