-- runs: one row per run of a job for a range of business dates, with the lease of the process that works on it.
-- fence grows with every change of owner; who writes must name the fence that it was given.
CREATE TABLE runs (
    run_id            word         NOT NULL PRIMARY KEY,
    job               word         NOT NULL,
    from_date         calendar_day NOT NULL,
    to_date           calendar_day NOT NULL,
    revision          BIGINT       NOT NULL CHECK (0 <= revision),
    input_fingerprint TEXT         NOT NULL,
    state             word         NOT NULL CHECK (state IN ('running', 'finished', 'failed', 'blocked')),
    owner             word         NOT NULL,
    fence             BIGINT       NOT NULL CHECK (1 <= fence),
    lease_until       instant      NOT NULL,
    program_version   TEXT         NOT NULL,
    started_at        instant      NOT NULL,
    finished_at       instant,
    error             TEXT,
    summary           json_text,
    UNIQUE (job, from_date, to_date, revision),
    CHECK (from_date <= to_date),
    CHECK ((state = 'running') = (finished_at IS NULL))
);

CREATE INDEX runs_by_start ON runs (started_at, run_id);

-- run_steps: one row per step that a run has begun or ended.
CREATE TABLE run_steps (
    run_id              word      NOT NULL REFERENCES runs (run_id),
    position            BIGINT    NOT NULL CHECK (0 <= position),
    name                word      NOT NULL,
    state               word      NOT NULL CHECK (state IN ('running', 'finished', 'failed', 'blocked')),
    table_versions_read json_text NOT NULL,
    rows_written        BIGINT    NOT NULL CHECK (0 <= rows_written),
    duration_ms         BIGINT    NOT NULL CHECK (0 <= duration_ms),
    note                TEXT      NOT NULL,
    finished_at         instant,
    PRIMARY KEY (run_id, name),
    CHECK ((state = 'running') = (finished_at IS NULL))
);
