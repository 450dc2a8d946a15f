-- statement_removals: one row per statement whose files were removed; nothing happens if that was noted already.
INSERT INTO statement_removals (
    statement_id,
    removed_at,
    removed_by,
    kept_through
)
VALUES ($1, $2, $3, $4)
ON CONFLICT DO NOTHING
