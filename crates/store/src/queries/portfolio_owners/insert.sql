-- portfolio_owners: the row of a portfolio that is given to a user; nothing happens if it is the user's already.
INSERT INTO portfolio_owners (
    user_id,
    portfolio_id,
    since_at,
    given_by
)
VALUES ($1, $2, $3, $4)
ON CONFLICT DO NOTHING
