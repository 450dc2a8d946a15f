-- statements: one row per kind of document, with how many about periods that end in a range are first versions and how
-- many are later ones.
SELECT
    kind,
    count(CASE WHEN version = 1 THEN statement_id END) AS published_count,
    count(CASE WHEN version <> 1 THEN statement_id END) AS restated_count
FROM statements
WHERE
    $1 < period_end
    AND period_end <= $2
GROUP BY kind
