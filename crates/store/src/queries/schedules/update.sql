-- schedules: the row of one schedule, as it is set now.
UPDATE schedules
SET
    job = $2,
    cron = $3,
    time_zone = $4,
    catch_up = $5,
    disabled_at = $6,
    updated_at = $7
WHERE schedule_name = $1
