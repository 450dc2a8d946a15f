-- delegations: the row of a user who lets another see; nothing happens if that one does already.
INSERT INTO delegations (
    from_user_id,
    to_user_id,
    kind,
    since_at,
    given_by
)
VALUES ($1, $2, $3, $4, $5)
ON CONFLICT DO NOTHING
