-- notifications: one new row per open approval, asked for after $2, and user of compliance who may decide about it.
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
    decider.user_id,
    'approval_waiting-' || waiting.approval_id,
    'approval_waiting',
    waiting.approval_id,
    CAST(NULL AS TEXT),
    coalesce(chosen.channels, 'in_app'),
    CAST($1 AS TEXT),
    CASE WHEN chosen.channels LIKE '%email' THEN CAST($1 AS TEXT) END,
    0
FROM approvals AS waiting
JOIN users AS decider
    ON decider.role = 'compliance' AND decider.disabled_at IS NULL
LEFT JOIN notification_settings AS chosen
    ON chosen.user_id = decider.user_id AND chosen.kind = 'approval_waiting'
WHERE waiting.decided_at IS NULL AND CAST($2 AS TEXT) < waiting.asked_at
    AND decider.user_id <> waiting.asked_by AND decider.user_id <> waiting.subject
    AND coalesce(chosen.channels, 'in_app') <> 'none'
ON CONFLICT (user_id, notification_id) DO NOTHING
