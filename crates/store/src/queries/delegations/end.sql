-- delegations: the row of a user who lets another see no more.
UPDATE delegations
SET
    until_at = $4,
    ended_by = $5
WHERE from_user_id = $1 AND to_user_id = $2 AND kind = $3 AND until_at IS NULL
