-- requests: one row per request that names itself (`Idempotency-Key`), with the answer that it got, so that the same
-- request sent again is answered and not done again. fingerprint tells whether it is the same. A row without
-- finished_at is of a request under way. Rows are deleted a day after the request came.
CREATE TABLE requests (
    caller_id    TEXT NOT NULL CHECK (caller_id <> ''),
    request_key  TEXT NOT NULL CHECK (request_key <> '' AND length(request_key) <= 255),
    fingerprint  TEXT NOT NULL CHECK (fingerprint <> ''),
    started_at   TEXT NOT NULL CHECK (started_at LIKE '____-__-__T__:__:__.______Z'),
    finished_at  TEXT CHECK (finished_at LIKE '____-__-__T__:__:__.______Z'),
    status       INTEGER CHECK (status BETWEEN 200 AND 299),
    media_type   TEXT CHECK (media_type <> ''),
    location     TEXT CHECK (location <> ''),
    body         TEXT,
    PRIMARY KEY (caller_id, request_key),
    CHECK ((finished_at IS NULL) = (status IS NULL)),
    CHECK ((finished_at IS NULL) = (body IS NULL))
) STRICT;

CREATE INDEX requests_by_start ON requests (started_at);
