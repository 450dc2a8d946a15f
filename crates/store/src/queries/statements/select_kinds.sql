-- statements: the kinds of which anything was published.
SELECT DISTINCT kind
FROM statements
ORDER BY kind
