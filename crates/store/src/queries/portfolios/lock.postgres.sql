-- portfolios: the id of one portfolio, whose row is held until the transaction ends.
SELECT portfolio_id
FROM portfolios
WHERE portfolio_id = $1
FOR UPDATE
