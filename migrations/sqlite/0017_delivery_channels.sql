-- portfolios: the channels by which its documents go, e.g. 'email, webhook', or 'none'; empty for mail if there is an
-- address, which is what held for those that were there before.
ALTER TABLE portfolios ADD COLUMN delivery TEXT CHECK (delivery <> '');

-- deliveries: each channel has a queue of its own, and what waits in one is not looked through for another.
CREATE INDEX deliveries_by_channel ON deliveries (channel, state, next_attempt_at, delivery_id);

-- unsubscribe_tokens: one row per address with the secret by which its owner ends the mails that are optional.
CREATE TABLE unsubscribe_tokens (
    recipient TEXT NOT NULL PRIMARY KEY CHECK (recipient <> ''),
    token     TEXT NOT NULL UNIQUE CHECK (length(token) = 64),
    made_at   TEXT NOT NULL CHECK (made_at LIKE '____-__-__T__:__:__.______Z')
) STRICT;

CREATE TRIGGER unsubscribe_tokens_refuse_update BEFORE UPDATE ON unsubscribe_tokens
BEGIN
    SELECT RAISE(ABORT, 'rows of unsubscribe_tokens never change');
END;
