-- blocked_statements: why a document could not be made when that was last tried, of periods that begin on a day and end
-- within some days; the one that ends last.
SELECT reason
FROM blocked_statements
WHERE
    kind = $1
    AND subject_kind = $2
    AND subject_id = $3
    AND period_start = $4
    AND $5 <= period_end
    AND period_end <= $6
ORDER BY period_end DESC
LIMIT 1
