-- blocked_statements: one row per kind of document, with how many about periods that end in a range were due, could not
-- be made, and are not there up to now. A document that is made later may end on another day of the same month, the
-- last one on which its portfolio was valued.
SELECT
    blocked.kind AS kind,
    count(*) AS blocked_count
FROM blocked_statements AS blocked
WHERE
    $1 < blocked.period_end
    AND blocked.period_end <= $2
    AND NOT EXISTS (
        SELECT published.statement_id
        FROM statements AS published
        WHERE
            published.kind = blocked.kind
            AND published.subject_kind = blocked.subject_kind
            AND published.subject_id = blocked.subject_id
            AND published.period_start = blocked.period_start
            AND substr(published.period_end, 1, 7) = substr(blocked.period_end, 1, 7)
    )
GROUP BY blocked.kind
