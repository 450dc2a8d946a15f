-- api_keys: the row of a new key, unless the user has so many in force ($8) already.
INSERT INTO api_keys (
    key_id,
    user_id,
    title,
    secret_hash,
    scopes,
    created_at,
    expires_at
)
SELECT
    CAST($1 AS TEXT),
    CAST($2 AS TEXT),
    CAST($3 AS TEXT),
    CAST($4 AS TEXT),
    CAST($5 AS TEXT),
    CAST($6 AS TEXT),
    CAST($7 AS TEXT)
WHERE (
    SELECT count(*)
    FROM api_keys AS held
    WHERE held.user_id = CAST($2 AS TEXT) AND held.revoked_at IS NULL AND CAST($6 AS TEXT) < held.expires_at
) < $8
