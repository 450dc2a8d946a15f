-- statements: a group that is a portfolio of the store; the database refuses it.
INSERT INTO statements (
    statement_id,
    kind,
    portfolio_id,
    period_start,
    period_end,
    version,
    run_id,
    document_sha256,
    published_at,
    subject_kind,
    subject_id
)
SELECT
    'x',
    kind,
    'D01',
    period_start,
    period_end,
    7,
    run_id,
    document_sha256,
    published_at,
    'group',
    'D01'
FROM statements
WHERE kind = 'periodic'
