-- delegations: one row per time for which a user let another see, or was let see; the latest first.
SELECT
    from_user_id,
    to_user_id,
    kind,
    since_at,
    until_at,
    given_by,
    ended_by
FROM delegations
WHERE from_user_id = $1 OR to_user_id = $1
ORDER BY since_at DESC, from_user_id, to_user_id, kind
LIMIT $2
