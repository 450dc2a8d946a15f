-- statements: one row per published document; nothing happens if this version, or this id, is published already.
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
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
ON CONFLICT DO NOTHING
