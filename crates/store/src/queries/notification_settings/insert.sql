-- notification_settings: the row of what a user has chosen for a kind.
INSERT INTO notification_settings (
    user_id,
    kind,
    channels,
    quiet_from,
    quiet_until,
    time_zone
)
VALUES ($1, $2, $3, $4, $5, $6)
