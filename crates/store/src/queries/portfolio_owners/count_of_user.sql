-- portfolio_owners: one row with the number of the portfolios that a user owns.
SELECT count(*)
FROM portfolio_owners
WHERE user_id = $1 AND until_at IS NULL
