-- entries: one row, who entered what and why.
INSERT INTO entries (
    entry_id,
    portfolio_id,
    kind,
    entered_by,
    entered_at,
    reason,
    corrects,
    reversal_id,
    replacement_id
)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
