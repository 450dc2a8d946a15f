-- notifications: one new row per session, begun after $2, of a user who signed in before and never with such a program.
INSERT INTO notifications (
    user_id,
    notification_id,
    kind,
    about,
    portfolio_id,
    channels,
    notified_at,
    mail_due_at,
    mail_attempts
)
SELECT
    begun.user_id,
    'new_sign_in-' || begun.session_id,
    'new_sign_in',
    begun.session_id,
    CAST(NULL AS TEXT),
    coalesce(chosen.channels, 'in_app'),
    CAST($1 AS TEXT),
    CASE WHEN chosen.channels LIKE '%email' THEN CAST($1 AS TEXT) END,
    0
FROM sessions AS begun
LEFT JOIN notification_settings AS chosen
    ON chosen.user_id = begun.user_id AND chosen.kind = 'new_sign_in'
WHERE CAST($2 AS TEXT) < begun.authenticated_at
    AND EXISTS (
        SELECT earlier.session_id
        FROM sessions AS earlier
        WHERE earlier.user_id = begun.user_id AND earlier.authenticated_at < begun.authenticated_at
    )
    AND NOT EXISTS (
        SELECT alike.session_id
        FROM sessions AS alike
        WHERE alike.user_id = begun.user_id AND alike.authenticated_at < begun.authenticated_at
            AND alike.user_agent = begun.user_agent
    )
    AND coalesce(chosen.channels, 'in_app') <> 'none'
ON CONFLICT (user_id, notification_id) DO NOTHING
