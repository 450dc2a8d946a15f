-- portfolios: the id of one portfolio. A writing transaction of SQLite is alone with the file: nothing to lock.
SELECT portfolio_id
FROM portfolios
WHERE portfolio_id = $1
