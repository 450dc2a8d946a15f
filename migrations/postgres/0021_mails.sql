-- deliveries: bundle is what messages have in common that may go in one mail (run, recipient, language, necessity);
-- empty for one that goes by itself. mail_id names the mail that the message went with, or is going with. Those that
-- were queued before go by themselves, under their own id.
ALTER TABLE deliveries
    ADD COLUMN bundle  word,
    ADD COLUMN mail_id word;

CREATE INDEX deliveries_by_bundle ON deliveries (bundle, state, next_attempt_at);

CREATE INDEX deliveries_by_mail ON deliveries (mail_id, state, next_attempt_at);
