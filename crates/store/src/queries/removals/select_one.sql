-- statement_removals: the row of one statement; none if its files are kept.
SELECT
    statement_id,
    removed_at,
    removed_by,
    kept_through
FROM statement_removals
WHERE statement_id = $1
