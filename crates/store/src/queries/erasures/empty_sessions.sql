-- sessions: one row per sign-in of a user, without device and address.
UPDATE sessions
SET
    user_agent = '',
    peer = ''
WHERE user_id = $1
