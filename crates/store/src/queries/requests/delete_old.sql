-- requests: the rows of requests that came before an instant go.
DELETE FROM requests
WHERE started_at <= $1
