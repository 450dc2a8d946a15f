-- delegations: one row per time for which a user lets or let another see, or is or was let see.
SELECT
    from_user_id || ' ' || to_user_id || ' ' || kind || ' ' || since_at AS row_key,
    from_user_id,
    to_user_id,
    kind,
    since_at,
    until_at,
    given_by,
    ended_by
FROM delegations
WHERE (from_user_id = $1 OR to_user_id = $1)
    AND $2 < from_user_id || ' ' || to_user_id || ' ' || kind || ' ' || since_at
ORDER BY row_key
LIMIT $3
