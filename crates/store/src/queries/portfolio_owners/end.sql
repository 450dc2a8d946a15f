-- portfolio_owners: the row of a portfolio that is taken from a user.
UPDATE portfolio_owners
SET
    until_at = $3,
    ended_by = $4
WHERE user_id = $1 AND portfolio_id = $2 AND until_at IS NULL
