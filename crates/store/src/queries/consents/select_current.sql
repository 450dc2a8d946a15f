-- consents: one row per purpose with the decision of a user that counts, which is the latest; by purpose.
SELECT
    latest.consent_id,
    latest.user_id,
    latest.purpose,
    latest.text_version,
    latest.decision,
    latest.channel,
    latest.decided_at,
    latest.recorded_by
FROM consents AS latest
WHERE latest.user_id = $1
    AND NOT EXISTS (
        SELECT 1
        FROM consents AS later
        WHERE later.user_id = latest.user_id
            AND later.purpose = latest.purpose
            AND (later.decided_at, later.consent_id) > (latest.decided_at, latest.consent_id)
    )
ORDER BY latest.purpose
LIMIT $2
