-- portfolio_owners: one row per user, portfolio and time for which the portfolio is the user's. Rows only ever end: who
-- could see what on a day is known years later. until_at is the first instant at which it is the user's no more.
CREATE TABLE portfolio_owners (
    user_id      word    NOT NULL REFERENCES users (user_id),
    portfolio_id word    NOT NULL REFERENCES portfolios (portfolio_id),
    since_at     instant NOT NULL,
    until_at     instant,
    given_by     word    NOT NULL,
    ended_by     word,
    PRIMARY KEY (user_id, portfolio_id, since_at),
    CHECK (since_at <= until_at),
    CHECK ((until_at IS NULL) = (ended_by IS NULL))
);

CREATE UNIQUE INDEX portfolio_owners_in_force ON portfolio_owners (user_id, portfolio_id) WHERE until_at IS NULL;

CREATE INDEX portfolio_owners_by_portfolio ON portfolio_owners (portfolio_id);

CREATE TRIGGER portfolio_owners_only_end BEFORE UPDATE ON portfolio_owners
    FOR EACH ROW WHEN (
        OLD.until_at IS NOT NULL OR NEW.user_id <> OLD.user_id OR NEW.portfolio_id <> OLD.portfolio_id
        OR NEW.since_at <> OLD.since_at OR NEW.given_by <> OLD.given_by
    ) EXECUTE FUNCTION refuse_change();

CREATE TRIGGER portfolio_owners_refuse_delete BEFORE DELETE ON portfolio_owners
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER portfolio_owners_refuse_truncate BEFORE TRUNCATE ON portfolio_owners
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- delegations: one row per two users and time for which the one sees what the other owns: a member of the household, or
-- an adviser. Not passed on: who sees by a delegation lets nobody else see. Rows only ever end.
CREATE TABLE delegations (
    from_user_id word    NOT NULL REFERENCES users (user_id),
    to_user_id   word    NOT NULL REFERENCES users (user_id),
    kind         word    NOT NULL CHECK (kind IN ('household', 'adviser')),
    since_at     instant NOT NULL,
    until_at     instant,
    given_by     word    NOT NULL,
    ended_by     word,
    PRIMARY KEY (from_user_id, to_user_id, kind, since_at),
    CHECK (from_user_id <> to_user_id),
    CHECK (since_at <= until_at),
    CHECK ((until_at IS NULL) = (ended_by IS NULL))
);

CREATE UNIQUE INDEX delegations_in_force ON delegations (from_user_id, to_user_id, kind) WHERE until_at IS NULL;

CREATE INDEX delegations_by_receiver ON delegations (to_user_id, kind);

CREATE TRIGGER delegations_only_end BEFORE UPDATE ON delegations
    FOR EACH ROW WHEN (
        OLD.until_at IS NOT NULL OR NEW.from_user_id <> OLD.from_user_id OR NEW.to_user_id <> OLD.to_user_id
        OR NEW.kind <> OLD.kind OR NEW.since_at <> OLD.since_at OR NEW.given_by <> OLD.given_by
    ) EXECUTE FUNCTION refuse_change();

CREATE TRIGGER delegations_refuse_delete BEFORE DELETE ON delegations
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER delegations_refuse_truncate BEFORE TRUNCATE ON delegations
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- subscriptions: one row per user and time for which a plan counts; without one the plan is the free one. Rows only
-- ever end: until_at is written once, when the next plan begins. paid_until_at, if known, is when it ends by itself.
CREATE TABLE subscriptions (
    subscription_id word    NOT NULL PRIMARY KEY,
    user_id         word    NOT NULL REFERENCES users (user_id),
    plan            word    NOT NULL,
    since_at        instant NOT NULL,
    paid_until_at   instant,
    until_at        instant,
    given_by        word    NOT NULL,
    CHECK (since_at <= until_at)
);

CREATE UNIQUE INDEX subscriptions_in_force ON subscriptions (user_id) WHERE until_at IS NULL;

CREATE INDEX subscriptions_by_user ON subscriptions (user_id, since_at);

CREATE TRIGGER subscriptions_only_end BEFORE UPDATE ON subscriptions
    FOR EACH ROW WHEN (
        OLD.until_at IS NOT NULL OR NEW.subscription_id <> OLD.subscription_id
        OR NEW.user_id <> OLD.user_id OR NEW.plan <> OLD.plan
        OR NEW.since_at <> OLD.since_at OR NEW.paid_until_at IS DISTINCT FROM OLD.paid_until_at
        OR NEW.given_by <> OLD.given_by
    ) EXECUTE FUNCTION refuse_change();

CREATE TRIGGER subscriptions_refuse_delete BEFORE DELETE ON subscriptions
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER subscriptions_refuse_truncate BEFORE TRUNCATE ON subscriptions
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- billing_events: one row per event of a billing provider, in whatever order they came. outcome is `applied`, or
-- `stale` for one that an event of a later moment had overtaken. Immutable.
CREATE TABLE billing_events (
    provider        word    NOT NULL,
    event_id        word    NOT NULL,
    user_id         word    NOT NULL REFERENCES users (user_id),
    kind            word    NOT NULL CHECK (kind IN ('started', 'ended')),
    plan            word,
    paid_until_at   instant,
    occurred_at     instant NOT NULL,
    sequence_number BIGINT  NOT NULL,
    received_at     instant NOT NULL,
    outcome         word    NOT NULL CHECK (outcome IN ('applied', 'stale')),
    PRIMARY KEY (provider, event_id),
    CHECK ((kind = 'started') = (plan IS NOT NULL))
);

CREATE INDEX billing_events_by_user ON billing_events (provider, user_id, occurred_at, sequence_number);

CREATE TRIGGER billing_events_refuse_change BEFORE UPDATE OR DELETE ON billing_events
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER billing_events_refuse_truncate BEFORE TRUNCATE ON billing_events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- approvals: one row per change that needs a second person: who asked for what, and what another decided. wanted is
-- what the subject is to become, e.g. a role. A decision is final.
CREATE TABLE approvals (
    approval_id word    NOT NULL PRIMARY KEY,
    kind        word    NOT NULL CHECK (kind IN ('role')),
    subject     word    NOT NULL,
    wanted      word    NOT NULL,
    asked_by    word    NOT NULL REFERENCES users (user_id),
    asked_at    instant NOT NULL,
    ask_reason  word    NOT NULL CHECK (length(ask_reason) <= 2000),
    decided_by  word    REFERENCES users (user_id),
    decided_at  instant,
    decision    word    CHECK (decision IN ('approved', 'refused')),
    reason      word    CHECK (length(reason) <= 2000),
    CHECK (decided_by <> asked_by),
    CHECK (decided_by <> subject),
    CHECK (asked_at <= decided_at),
    CHECK ((decided_by IS NULL) = (decided_at IS NULL)),
    CHECK ((decided_by IS NULL) = (decision IS NULL)),
    CHECK ((decided_by IS NULL) = (reason IS NULL))
);

CREATE UNIQUE INDEX approvals_open ON approvals (kind, subject) WHERE decided_at IS NULL;

CREATE INDEX approvals_by_asking ON approvals (asked_at, approval_id);

CREATE TRIGGER approvals_only_decided BEFORE UPDATE ON approvals
    FOR EACH ROW WHEN (
        OLD.decided_at IS NOT NULL OR NEW.approval_id <> OLD.approval_id OR NEW.kind <> OLD.kind
        OR NEW.subject <> OLD.subject OR NEW.wanted <> OLD.wanted OR NEW.asked_by <> OLD.asked_by
        OR NEW.asked_at <> OLD.asked_at OR NEW.ask_reason <> OLD.ask_reason
    ) EXECUTE FUNCTION refuse_change();

CREATE TRIGGER approvals_refuse_delete BEFORE DELETE ON approvals
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER approvals_refuse_truncate BEFORE TRUNCATE ON approvals
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
