-- schedules: the row of one schedule.
SELECT
    schedule_name,
    job,
    cron,
    time_zone,
    catch_up,
    disabled_at
FROM schedules
WHERE schedule_name = $1
