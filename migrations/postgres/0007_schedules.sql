-- schedules: one row per schedule: when a job is due, on the clock of which time zone.
CREATE TABLE schedules (
    schedule_name word    NOT NULL PRIMARY KEY,
    job           word    NOT NULL,
    cron          word    NOT NULL,
    time_zone     word    NOT NULL,
    catch_up      word    NOT NULL CHECK (catch_up IN ('none', 'last', 'all')),
    disabled_at   instant,
    updated_at    instant NOT NULL
);

-- schedule_fires: one row per moment at which a schedule was due, however many processes noticed it.
CREATE TABLE schedule_fires (
    schedule_name word         NOT NULL REFERENCES schedules (schedule_name),
    fire_at       instant      NOT NULL,
    business_date calendar_day NOT NULL,
    state         word         NOT NULL CHECK (state IN ('queued', 'done', 'failed')),
    ended_at      instant,
    error         TEXT,
    PRIMARY KEY (schedule_name, fire_at),
    CHECK ((state = 'queued') = (ended_at IS NULL))
);

CREATE INDEX schedule_fires_by_state ON schedule_fires (state, fire_at);
