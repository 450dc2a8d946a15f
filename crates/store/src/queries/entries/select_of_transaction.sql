-- entries: one row per correction of portfolio $1 that has to do with transaction $2, the first first.
SELECT
    entry_id,
    entered_by,
    entered_at,
    reason,
    corrects,
    reversal_id,
    replacement_id
FROM entries
WHERE portfolio_id = $1 AND ($2 = corrects OR $2 = reversal_id OR $2 = replacement_id)
ORDER BY entered_at, entry_id
