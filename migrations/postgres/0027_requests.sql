-- requests: one row per request that names itself (`Idempotency-Key`), with the answer that it got, so that the same
-- request sent again is answered and not done again. fingerprint tells whether it is the same. A row without
-- finished_at is of a request under way. Rows are deleted a day after the request came.
CREATE TABLE requests (
    caller_id    word    NOT NULL,
    request_key  word    NOT NULL CHECK (length(request_key) <= 255),
    fingerprint  word    NOT NULL,
    started_at   instant NOT NULL,
    finished_at  instant,
    status       BIGINT  CHECK (status BETWEEN 200 AND 299),
    media_type   word,
    location     word,
    body         TEXT,
    PRIMARY KEY (caller_id, request_key),
    CHECK ((finished_at IS NULL) = (status IS NULL)),
    CHECK ((finished_at IS NULL) = (body IS NULL))
);

CREATE INDEX requests_by_start ON requests (started_at);
