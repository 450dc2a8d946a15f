-- push_subscriptions: one row per browser and portfolio whose messages it gets, from when until when. Rows stay
-- when they end: what was sent names them. p256dh and auth are the keys of the browser in base64url; who has them and
-- the endpoint can write to it.
CREATE TABLE push_subscriptions (
    subscription_id word    NOT NULL PRIMARY KEY,
    portfolio_id    word    NOT NULL REFERENCES portfolios (portfolio_id),
    endpoint        word    NOT NULL CHECK (length(endpoint) <= 2048),
    p256dh          word    NOT NULL CHECK (length(p256dh) = 87),
    auth            word    NOT NULL CHECK (length(auth) = 22),
    added_at        instant NOT NULL,
    added_by        word    NOT NULL,
    ended_at        instant,
    ended_by        word,
    end_reason      word CHECK (end_reason IN ('gone', 'request', 'replaced')),
    CHECK ((ended_at IS NULL) = (ended_by IS NULL)),
    CHECK ((ended_at IS NULL) = (end_reason IS NULL))
);

-- Of the rows in force no two of a portfolio have one endpoint.
CREATE UNIQUE INDEX push_subscriptions_in_force ON push_subscriptions (portfolio_id, endpoint) WHERE ended_at IS NULL;

CREATE INDEX push_subscriptions_by_endpoint ON push_subscriptions (endpoint);

CREATE TRIGGER push_subscriptions_refuse_another_browser
    BEFORE UPDATE OF subscription_id, portfolio_id, endpoint, p256dh, auth, added_at, added_by ON push_subscriptions
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
