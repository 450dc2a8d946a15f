-- portfolio_owners: one row per user, portfolio and time for which the portfolio is the user's. Rows only ever end: who
-- could see what on a day is known years later. until_at is the first instant at which it is the user's no more.
CREATE TABLE portfolio_owners (
    user_id      TEXT NOT NULL CHECK (user_id <> '') REFERENCES users (user_id),
    portfolio_id TEXT NOT NULL CHECK (portfolio_id <> '') REFERENCES portfolios (portfolio_id),
    since_at     TEXT NOT NULL CHECK (since_at LIKE '____-__-__T__:__:__.______Z'),
    until_at     TEXT CHECK (until_at LIKE '____-__-__T__:__:__.______Z'),
    given_by     TEXT NOT NULL CHECK (given_by <> ''),
    ended_by     TEXT CHECK (ended_by <> ''),
    PRIMARY KEY (user_id, portfolio_id, since_at),
    CHECK (since_at <= until_at),
    CHECK ((until_at IS NULL) = (ended_by IS NULL))
) STRICT;

CREATE UNIQUE INDEX portfolio_owners_in_force ON portfolio_owners (user_id, portfolio_id) WHERE until_at IS NULL;

CREATE INDEX portfolio_owners_by_portfolio ON portfolio_owners (portfolio_id);

CREATE TRIGGER portfolio_owners_only_end BEFORE UPDATE ON portfolio_owners
WHEN OLD.until_at IS NOT NULL OR NEW.user_id <> OLD.user_id OR NEW.portfolio_id <> OLD.portfolio_id
    OR NEW.since_at <> OLD.since_at OR NEW.given_by <> OLD.given_by
BEGIN
    SELECT RAISE(ABORT, 'rows of portfolio_owners never change');
END;

CREATE TRIGGER portfolio_owners_refuse_delete BEFORE DELETE ON portfolio_owners
BEGIN
    SELECT RAISE(ABORT, 'rows of portfolio_owners never change');
END;

-- delegations: one row per two users and time for which the one sees what the other owns: a member of the household, or
-- an adviser. Not passed on: who sees by a delegation lets nobody else see. Rows only ever end.
CREATE TABLE delegations (
    from_user_id TEXT NOT NULL CHECK (from_user_id <> '') REFERENCES users (user_id),
    to_user_id   TEXT NOT NULL CHECK (to_user_id <> '') REFERENCES users (user_id),
    kind         TEXT NOT NULL CHECK (kind IN ('household', 'adviser')),
    since_at     TEXT NOT NULL CHECK (since_at LIKE '____-__-__T__:__:__.______Z'),
    until_at     TEXT CHECK (until_at LIKE '____-__-__T__:__:__.______Z'),
    given_by     TEXT NOT NULL CHECK (given_by <> ''),
    ended_by     TEXT CHECK (ended_by <> ''),
    PRIMARY KEY (from_user_id, to_user_id, kind, since_at),
    CHECK (from_user_id <> to_user_id),
    CHECK (since_at <= until_at),
    CHECK ((until_at IS NULL) = (ended_by IS NULL))
) STRICT;

CREATE UNIQUE INDEX delegations_in_force ON delegations (from_user_id, to_user_id, kind) WHERE until_at IS NULL;

CREATE INDEX delegations_by_receiver ON delegations (to_user_id, kind);

CREATE TRIGGER delegations_only_end BEFORE UPDATE ON delegations
WHEN OLD.until_at IS NOT NULL OR NEW.from_user_id <> OLD.from_user_id OR NEW.to_user_id <> OLD.to_user_id
    OR NEW.kind <> OLD.kind OR NEW.since_at <> OLD.since_at OR NEW.given_by <> OLD.given_by
BEGIN
    SELECT RAISE(ABORT, 'rows of delegations never change');
END;

CREATE TRIGGER delegations_refuse_delete BEFORE DELETE ON delegations
BEGIN
    SELECT RAISE(ABORT, 'rows of delegations never change');
END;

-- subscriptions: one row per user and time for which a plan counts; without one the plan is the free one. Rows only
-- ever end: until_at is written once, when the next plan begins. paid_until_at, if known, is when it ends by itself.
CREATE TABLE subscriptions (
    subscription_id TEXT NOT NULL PRIMARY KEY CHECK (subscription_id <> ''),
    user_id         TEXT NOT NULL CHECK (user_id <> '') REFERENCES users (user_id),
    plan            TEXT NOT NULL CHECK (plan <> ''),
    since_at        TEXT NOT NULL CHECK (since_at LIKE '____-__-__T__:__:__.______Z'),
    paid_until_at   TEXT CHECK (paid_until_at LIKE '____-__-__T__:__:__.______Z'),
    until_at        TEXT CHECK (until_at LIKE '____-__-__T__:__:__.______Z'),
    given_by        TEXT NOT NULL CHECK (given_by <> ''),
    CHECK (since_at <= until_at)
) STRICT;

CREATE UNIQUE INDEX subscriptions_in_force ON subscriptions (user_id) WHERE until_at IS NULL;

CREATE INDEX subscriptions_by_user ON subscriptions (user_id, since_at);

CREATE TRIGGER subscriptions_only_end BEFORE UPDATE ON subscriptions
WHEN OLD.until_at IS NOT NULL OR NEW.subscription_id <> OLD.subscription_id
    OR NEW.user_id <> OLD.user_id OR NEW.plan <> OLD.plan
    OR NEW.since_at <> OLD.since_at OR NEW.paid_until_at IS NOT OLD.paid_until_at
    OR NEW.given_by <> OLD.given_by
BEGIN
    SELECT RAISE(ABORT, 'rows of subscriptions never change');
END;

CREATE TRIGGER subscriptions_refuse_delete BEFORE DELETE ON subscriptions
BEGIN
    SELECT RAISE(ABORT, 'rows of subscriptions never change');
END;

-- billing_events: one row per event of a billing provider, in whatever order they came. outcome is `applied`, or
-- `stale` for one that an event of a later moment had overtaken. Immutable.
CREATE TABLE billing_events (
    provider        TEXT    NOT NULL CHECK (provider <> ''),
    event_id        TEXT    NOT NULL CHECK (event_id <> ''),
    user_id         TEXT    NOT NULL CHECK (user_id <> '') REFERENCES users (user_id),
    kind            TEXT    NOT NULL CHECK (kind IN ('started', 'ended')),
    plan            TEXT    CHECK (plan <> ''),
    paid_until_at   TEXT    CHECK (paid_until_at LIKE '____-__-__T__:__:__.______Z'),
    occurred_at     TEXT    NOT NULL CHECK (occurred_at LIKE '____-__-__T__:__:__.______Z'),
    sequence_number INTEGER NOT NULL,
    received_at     TEXT    NOT NULL CHECK (received_at LIKE '____-__-__T__:__:__.______Z'),
    outcome         TEXT    NOT NULL CHECK (outcome IN ('applied', 'stale')),
    PRIMARY KEY (provider, event_id),
    CHECK ((kind = 'started') = (plan IS NOT NULL))
) STRICT;

CREATE INDEX billing_events_by_user ON billing_events (provider, user_id, occurred_at, sequence_number);

CREATE TRIGGER billing_events_refuse_update BEFORE UPDATE ON billing_events
BEGIN
    SELECT RAISE(ABORT, 'rows of billing_events never change');
END;

CREATE TRIGGER billing_events_refuse_delete BEFORE DELETE ON billing_events
BEGIN
    SELECT RAISE(ABORT, 'rows of billing_events never change');
END;

-- approvals: one row per change that needs a second person: who asked for what, and what another decided. wanted is
-- what the subject is to become, e.g. a role. A decision is final.
CREATE TABLE approvals (
    approval_id TEXT NOT NULL PRIMARY KEY CHECK (approval_id <> ''),
    kind        TEXT NOT NULL CHECK (kind IN ('role')),
    subject     TEXT NOT NULL CHECK (subject <> ''),
    wanted      TEXT NOT NULL CHECK (wanted <> ''),
    asked_by    TEXT NOT NULL CHECK (asked_by <> '') REFERENCES users (user_id),
    asked_at    TEXT NOT NULL CHECK (asked_at LIKE '____-__-__T__:__:__.______Z'),
    ask_reason  TEXT NOT NULL CHECK (length(ask_reason) BETWEEN 1 AND 2000),
    decided_by  TEXT CHECK (decided_by <> '') REFERENCES users (user_id),
    decided_at  TEXT CHECK (decided_at LIKE '____-__-__T__:__:__.______Z'),
    decision    TEXT CHECK (decision IN ('approved', 'refused')),
    reason      TEXT CHECK (length(reason) BETWEEN 1 AND 2000),
    CHECK (decided_by <> asked_by),
    CHECK (decided_by <> subject),
    CHECK (asked_at <= decided_at),
    CHECK ((decided_by IS NULL) = (decided_at IS NULL)),
    CHECK ((decided_by IS NULL) = (decision IS NULL)),
    CHECK ((decided_by IS NULL) = (reason IS NULL))
) STRICT;

CREATE UNIQUE INDEX approvals_open ON approvals (kind, subject) WHERE decided_at IS NULL;

CREATE INDEX approvals_by_asking ON approvals (asked_at, approval_id);

CREATE TRIGGER approvals_only_decided BEFORE UPDATE ON approvals
WHEN OLD.decided_at IS NOT NULL OR NEW.approval_id <> OLD.approval_id OR NEW.kind <> OLD.kind
    OR NEW.subject <> OLD.subject OR NEW.wanted <> OLD.wanted OR NEW.asked_by <> OLD.asked_by
    OR NEW.asked_at <> OLD.asked_at OR NEW.ask_reason <> OLD.ask_reason
BEGIN
    SELECT RAISE(ABORT, 'rows of approvals never change');
END;

CREATE TRIGGER approvals_refuse_delete BEFORE DELETE ON approvals
BEGIN
    SELECT RAISE(ABORT, 'rows of approvals never change');
END;
