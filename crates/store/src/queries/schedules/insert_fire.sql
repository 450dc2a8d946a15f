-- schedule_fires: one row per moment at which a schedule was due; nothing happens if somebody else noticed it first.
INSERT INTO schedule_fires (
    schedule_name,
    fire_at,
    business_date,
    state
)
VALUES ($1, $2, $3, 'queued')
ON CONFLICT (schedule_name, fire_at) DO NOTHING
