-- statements: one row per file of the statements of which a file has a hash.
WITH page AS (
    SELECT
        statement_id,
        kind,
        subject_kind,
        subject_id,
        period_start,
        period_end,
        version,
        run_id,
        document_sha256,
        published_at
    FROM statements
    WHERE statement_id IN (SELECT statement_id FROM statement_files WHERE sha256 = $1)
)
SELECT
    page.statement_id AS statement_id,
    page.kind AS kind,
    page.subject_kind AS subject_kind,
    page.subject_id AS subject_id,
    page.period_start AS period_start,
    page.period_end AS period_end,
    page.version AS version,
    page.run_id AS run_id,
    page.document_sha256 AS document_sha256,
    page.published_at AS published_at,
    file.media_type AS media_type,
    file.object_path AS object_path,
    file.sha256 AS sha256,
    file.byte_count AS byte_count
FROM page
LEFT JOIN statement_files AS file
    ON file.statement_id = page.statement_id
ORDER BY page.published_at, page.statement_id, file.position
