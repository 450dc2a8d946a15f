-- schedule_fires: one row per moment that has come and is not dealt with, the longest due first.
SELECT
    schedule_name,
    fire_at,
    business_date,
    state,
    ended_at,
    error
FROM schedule_fires
WHERE state = 'queued' AND fire_at <= $1
ORDER BY fire_at, schedule_name
LIMIT $2
