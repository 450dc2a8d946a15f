-- inbox_items: one row per finding; nothing happens if it has been found before.
INSERT INTO inbox_items (
    item_key,
    portfolio_id,
    kind,
    severity,
    subject,
    message,
    detail,
    suggestion,
    state,
    opened_at,
    seen_at
)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'open', $9, $9)
ON CONFLICT (item_key) DO NOTHING
