-- statement_removals: the statements whose files were removed.
SELECT statement_id
FROM statement_removals
ORDER BY statement_id
