-- push_subscriptions: one row per browser and portfolio whose messages it gets, from when until when. Rows stay
-- when they end: what was sent names them. p256dh and auth are the keys of the browser in base64url; who has them and
-- the endpoint can write to it.
CREATE TABLE push_subscriptions (
    subscription_id TEXT NOT NULL PRIMARY KEY CHECK (subscription_id <> ''),
    portfolio_id    TEXT NOT NULL REFERENCES portfolios (portfolio_id),
    endpoint        TEXT NOT NULL CHECK (length(endpoint) BETWEEN 1 AND 2048),
    p256dh          TEXT NOT NULL CHECK (length(p256dh) = 87),
    auth            TEXT NOT NULL CHECK (length(auth) = 22),
    added_at        TEXT NOT NULL CHECK (added_at LIKE '____-__-__T__:__:__.______Z'),
    added_by        TEXT NOT NULL CHECK (added_by <> ''),
    ended_at        TEXT          CHECK (ended_at LIKE '____-__-__T__:__:__.______Z'),
    ended_by        TEXT          CHECK (ended_by <> ''),
    end_reason      TEXT          CHECK (end_reason IN ('gone', 'request', 'replaced')),
    CHECK ((ended_at IS NULL) = (ended_by IS NULL)),
    CHECK ((ended_at IS NULL) = (end_reason IS NULL))
) STRICT;

-- Of the rows in force no two of a portfolio have one endpoint.
CREATE UNIQUE INDEX push_subscriptions_in_force ON push_subscriptions (portfolio_id, endpoint) WHERE ended_at IS NULL;

CREATE INDEX push_subscriptions_by_endpoint ON push_subscriptions (endpoint);

CREATE TRIGGER push_subscriptions_refuse_another_browser
    BEFORE UPDATE OF subscription_id, portfolio_id, endpoint, p256dh, auth, added_at, added_by ON push_subscriptions
BEGIN
    SELECT RAISE(ABORT, 'what a row of push_subscriptions is about never changes');
END;
