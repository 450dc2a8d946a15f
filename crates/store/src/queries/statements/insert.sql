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
    published_at
)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT DO NOTHING
