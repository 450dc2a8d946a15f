-- runs: one row per run of a job for a range of business dates, with the lease of the process that works on it.
-- fence grows with every change of owner; who writes must name the fence that it was given.
CREATE TABLE runs (
    run_id            TEXT    NOT NULL PRIMARY KEY CHECK (run_id <> ''),
    job               TEXT    NOT NULL CHECK (job <> ''),
    from_date         TEXT    NOT NULL CHECK (from_date IS date(from_date, '+0 days')),
    to_date           TEXT    NOT NULL CHECK (to_date IS date(to_date, '+0 days')),
    revision          INTEGER NOT NULL CHECK (0 <= revision),
    input_fingerprint TEXT    NOT NULL,
    state             TEXT    NOT NULL CHECK (state IN ('running', 'finished', 'failed', 'blocked')),
    owner             TEXT    NOT NULL CHECK (owner <> ''),
    fence             INTEGER NOT NULL CHECK (1 <= fence),
    lease_until       TEXT    NOT NULL CHECK (lease_until LIKE '____-__-__T__:__:__.______Z'),
    program_version   TEXT    NOT NULL,
    started_at        TEXT    NOT NULL CHECK (started_at LIKE '____-__-__T__:__:__.______Z'),
    finished_at       TEXT             CHECK (finished_at LIKE '____-__-__T__:__:__.______Z'),
    error             TEXT,
    summary           TEXT             CHECK (summary IS NULL OR json_valid(summary)),
    UNIQUE (job, from_date, to_date, revision),
    CHECK (from_date <= to_date),
    CHECK ((state = 'running') = (finished_at IS NULL))
) STRICT;

CREATE INDEX runs_by_start ON runs (started_at, run_id);

-- run_steps: one row per step that a run has begun or ended.
CREATE TABLE run_steps (
    run_id              TEXT    NOT NULL REFERENCES runs (run_id),
    position            INTEGER NOT NULL CHECK (0 <= position),
    name                TEXT    NOT NULL CHECK (name <> ''),
    state               TEXT    NOT NULL CHECK (state IN ('running', 'finished', 'failed', 'blocked')),
    table_versions_read TEXT    NOT NULL CHECK (json_valid(table_versions_read)),
    rows_written        INTEGER NOT NULL CHECK (0 <= rows_written),
    duration_ms         INTEGER NOT NULL CHECK (0 <= duration_ms),
    note                TEXT    NOT NULL,
    finished_at         TEXT             CHECK (finished_at LIKE '____-__-__T__:__:__.______Z'),
    PRIMARY KEY (run_id, name),
    CHECK ((state = 'running') = (finished_at IS NULL))
) STRICT;
