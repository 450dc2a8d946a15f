-- notifications: one new row per order of a user that ended after $2.
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
    orderer.user_id,
    'order_ended-' || ended.order_id,
    'order_ended',
    ended.order_id,
    ended.portfolio_id,
    coalesce(chosen.channels, 'in_app'),
    CAST($1 AS TEXT),
    CASE WHEN chosen.channels LIKE '%email' THEN CAST($1 AS TEXT) END,
    0
FROM work_orders AS ended
JOIN users AS orderer
    ON orderer.user_id = ended.ordered_by
LEFT JOIN notification_settings AS chosen
    ON chosen.user_id = orderer.user_id AND chosen.kind = 'order_ended'
WHERE CAST($2 AS TEXT) < ended.finished_at
    AND coalesce(chosen.channels, 'in_app') <> 'none'
ON CONFLICT (user_id, notification_id) DO NOTHING
