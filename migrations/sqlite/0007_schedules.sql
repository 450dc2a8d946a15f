-- schedules: one row per schedule: when a job is due, on the clock of which time zone.
CREATE TABLE schedules (
    schedule_name TEXT NOT NULL PRIMARY KEY CHECK (schedule_name <> ''),
    job           TEXT NOT NULL CHECK (job <> ''),
    cron          TEXT NOT NULL CHECK (cron <> ''),
    time_zone     TEXT NOT NULL CHECK (time_zone <> ''),
    catch_up      TEXT NOT NULL CHECK (catch_up IN ('none', 'last', 'all')),
    disabled_at   TEXT          CHECK (disabled_at LIKE '____-__-__T__:__:__.______Z'),
    updated_at    TEXT NOT NULL CHECK (updated_at LIKE '____-__-__T__:__:__.______Z')
) STRICT;

-- schedule_fires: one row per moment at which a schedule was due, however many processes noticed it.
CREATE TABLE schedule_fires (
    schedule_name TEXT NOT NULL REFERENCES schedules (schedule_name),
    fire_at       TEXT NOT NULL CHECK (fire_at LIKE '____-__-__T__:__:__.______Z'),
    business_date TEXT NOT NULL CHECK (business_date IS date(business_date, '+0 days')),
    state         TEXT NOT NULL CHECK (state IN ('queued', 'done', 'failed')),
    ended_at      TEXT          CHECK (ended_at LIKE '____-__-__T__:__:__.______Z'),
    error         TEXT,
    PRIMARY KEY (schedule_name, fire_at),
    CHECK ((state = 'queued') = (ended_at IS NULL))
) STRICT;

CREATE INDEX schedule_fires_by_state ON schedule_fires (state, fire_at);
