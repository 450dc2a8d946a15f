-- schedules: one row per schedule; nothing happens if the name is there already.
INSERT INTO schedules (
    schedule_name,
    job,
    cron,
    time_zone,
    catch_up,
    disabled_at,
    updated_at
)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (schedule_name) DO NOTHING
