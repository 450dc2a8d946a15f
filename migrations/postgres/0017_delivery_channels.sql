-- portfolios: the channels by which its documents go, e.g. 'email, webhook', or 'none'; empty for mail if there is an
-- address, which is what held for those that were there before.
ALTER TABLE portfolios
    ADD COLUMN delivery word;

-- deliveries: each channel has a queue of its own, and what waits in one is not looked through for another.
CREATE INDEX deliveries_by_channel ON deliveries (channel, state, next_attempt_at, delivery_id);

-- unsubscribe_tokens: one row per address with the secret by which its owner ends the mails that are optional.
CREATE TABLE unsubscribe_tokens (
    recipient word    NOT NULL PRIMARY KEY,
    token     TEXT    NOT NULL UNIQUE CHECK (length(token) = 64),
    made_at   instant NOT NULL
);

CREATE TRIGGER unsubscribe_tokens_refuse_update BEFORE UPDATE ON unsubscribe_tokens
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
