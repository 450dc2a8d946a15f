-- notifications: one new row per document about a portfolio, published after $2, and user who owns the portfolio.
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
    owner.user_id,
    'document_ready-' || published.statement_id,
    'document_ready',
    published.statement_id,
    published.portfolio_id,
    coalesce(chosen.channels, 'in_app'),
    CAST($1 AS TEXT),
    CASE WHEN chosen.channels LIKE '%email' THEN CAST($1 AS TEXT) END,
    0
FROM statements AS published
JOIN portfolio_owners AS owner
    ON owner.portfolio_id = published.portfolio_id AND owner.until_at IS NULL
LEFT JOIN notification_settings AS chosen
    ON chosen.user_id = owner.user_id AND chosen.kind = 'document_ready'
WHERE CAST($2 AS TEXT) < published.published_at AND owner.since_at <= published.published_at
    AND coalesce(chosen.channels, 'in_app') <> 'none'
ON CONFLICT (user_id, notification_id) DO NOTHING
