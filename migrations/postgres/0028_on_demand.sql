-- work_orders: one row per result that somebody asked for and that takes longer than an answer may: what was asked
-- (request, JSON), who asked, and what came of it (result, JSON, or failure, a sentence). attempts counts those who
-- claimed it; only the last of them may say what came of it. due_at is when it may be claimed, or claimed again. Rows
-- are deleted some time after their end.
CREATE TABLE work_orders (
    order_id     word    NOT NULL PRIMARY KEY,
    kind         word    NOT NULL CHECK (kind IN ('optimization', 'report')),
    portfolio_id word    NOT NULL REFERENCES portfolios (portfolio_id),
    ordered_by   word    NOT NULL,
    request      word    NOT NULL CHECK (length(request) <= 4000),
    state        word    NOT NULL CHECK (state IN ('queued', 'running', 'finished', 'failed')),
    attempts     BIGINT  NOT NULL CHECK (0 <= attempts),
    ordered_at   instant NOT NULL,
    due_at       instant,
    finished_at  instant,
    result       word,
    failure      word    CHECK (length(failure) <= 2000),
    CHECK ((state IN ('queued', 'running')) = (due_at IS NOT NULL)),
    CHECK ((state IN ('queued', 'running')) = (finished_at IS NULL)),
    CHECK ((state = 'finished') = (result IS NOT NULL)),
    CHECK ((state = 'failed') = (failure IS NOT NULL))
);

CREATE INDEX work_orders_due ON work_orders (due_at) WHERE finished_at IS NULL;

CREATE INDEX work_orders_by_caller ON work_orders (ordered_by, kind, ordered_at);

-- notifications: one row per thing that a user is told, once. about is the id of what it is about: a document, an
-- order, an approval or a session. channels are those that the user had chosen when it was told. mail_due_at is when a
-- mail may go, or go again; it is empty if none is to go, or if one has gone or was given up.
CREATE TABLE notifications (
    user_id         word NOT NULL REFERENCES users (user_id),
    notification_id word NOT NULL,
    kind            word NOT NULL CHECK (kind IN ('document_ready', 'order_ended', 'approval_waiting', 'new_sign_in')),
    about           word NOT NULL,
    portfolio_id    word,
    channels        word NOT NULL CHECK (channels IN ('in_app', 'email', 'in_app,email')),
    notified_at     instant NOT NULL,
    read_at         instant,
    mail_due_at     instant,
    mail_attempts   BIGINT NOT NULL CHECK (0 <= mail_attempts),
    mailed_at       instant,
    mail_error      TEXT CHECK (length(mail_error) <= 2000),
    PRIMARY KEY (user_id, notification_id),
    CHECK (mailed_at IS NULL OR mail_due_at IS NULL)
);

CREATE INDEX notifications_by_time ON notifications (user_id, notified_at, notification_id);

CREATE INDEX notifications_mails_due ON notifications (mail_due_at) WHERE mail_due_at IS NOT NULL;

-- notification_settings: one row per user and kind of notification for which the user has chosen. In quiet hours, which
-- may go over midnight, no mail goes; the three columns stand together.
CREATE TABLE notification_settings (
    user_id     word NOT NULL REFERENCES users (user_id),
    kind        word NOT NULL CHECK (kind IN ('document_ready', 'order_ended', 'approval_waiting', 'new_sign_in')),
    channels    word NOT NULL CHECK (channels IN ('none', 'in_app', 'email', 'in_app,email')),
    quiet_from  TEXT CHECK (quiet_from LIKE '__:__'),
    quiet_until TEXT CHECK (quiet_until LIKE '__:__'),
    time_zone   word,
    PRIMARY KEY (user_id, kind),
    CHECK ((quiet_from IS NULL) = (quiet_until IS NULL)),
    CHECK ((quiet_from IS NULL) = (time_zone IS NULL))
);

-- What is new is looked for by its time.
CREATE INDEX sessions_by_sign_in ON sessions (authenticated_at);

CREATE INDEX work_orders_by_end ON work_orders (finished_at);
