-- schedules: one row per schedule, in the order of their names.
SELECT
    schedule_name,
    job,
    cron,
    time_zone,
    catch_up,
    disabled_at
FROM schedules
ORDER BY schedule_name
