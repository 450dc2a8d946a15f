-- subscriptions: the row of the plan that counts for a user and ends.
UPDATE subscriptions
SET
    until_at = $2
WHERE user_id = $1 AND until_at IS NULL
