-- One row per column of the store: its table, its name, and whether it may be empty.
SELECT
    CAST(table_name AS TEXT) AS table_name,
    CAST(column_name AS TEXT) AS column_name,
    CAST(is_nullable AS TEXT) AS is_nullable
FROM information_schema.columns
WHERE table_schema = current_schema() AND table_name <> '_sqlx_migrations'
ORDER BY table_name, ordinal_position
