-- approvals: the row of a change that somebody asks for; nothing happens if one of the subject is open.
INSERT INTO approvals (
    approval_id,
    kind,
    subject,
    wanted,
    asked_by,
    asked_at,
    ask_reason
)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT DO NOTHING
