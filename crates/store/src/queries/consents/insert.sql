-- consents: the row of a decision of a user.
INSERT INTO consents (
    consent_id,
    user_id,
    purpose,
    text_version,
    decision,
    channel,
    decided_at,
    recorded_by
)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
