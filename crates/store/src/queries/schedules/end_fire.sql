-- schedule_fires: the row of one moment of a schedule, which has been dealt with.
UPDATE schedule_fires
SET
    state = $3,
    ended_at = $4,
    error = $5
WHERE schedule_name = $1 AND fire_at = $2 AND state = 'queued'
