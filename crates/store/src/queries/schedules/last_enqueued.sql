-- schedule_fires: one row, the latest moment of a schedule that has been noticed; empty if none has.
SELECT max(fire_at) AS fire_at
FROM schedule_fires
WHERE schedule_name = $1
