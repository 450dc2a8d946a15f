-- consents: one row per decision of a user.
SELECT
    consent_id AS row_key,
    purpose,
    text_version,
    decision,
    channel,
    decided_at,
    recorded_by
FROM consents
WHERE user_id = $1 AND $2 < consent_id
ORDER BY consent_id
LIMIT $3
