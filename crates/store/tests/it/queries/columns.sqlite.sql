-- One row per column of the store: its table, its name, and whether it may be empty.
SELECT
    tables.name AS table_name,
    columns.name AS column_name,
    CASE columns."notnull" WHEN 0 THEN 'YES' ELSE 'NO' END AS is_nullable
FROM sqlite_schema AS tables
JOIN pragma_table_info(tables.name) AS columns
WHERE tables.type = 'table' AND tables.name NOT LIKE 'sqlite_%' AND tables.name <> '_sqlx_migrations'
ORDER BY tables.name, columns.cid
