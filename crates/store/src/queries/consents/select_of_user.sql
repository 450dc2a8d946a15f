-- consents: one row per decision of a user, the latest first.
SELECT
    consent_id,
    user_id,
    purpose,
    text_version,
    decision,
    channel,
    decided_at,
    recorded_by
FROM consents
WHERE user_id = $1
ORDER BY decided_at DESC, consent_id DESC
LIMIT $2
