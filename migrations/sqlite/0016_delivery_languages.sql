-- deliveries: the language of the message (ISO 639-1), decided when its statement is published. Those that were queued
-- before have the language of their portfolio.
ALTER TABLE deliveries ADD COLUMN language TEXT NOT NULL DEFAULT 'en' CHECK (language <> '');

UPDATE deliveries
SET language = client.language
FROM statements AS announced
JOIN portfolios AS client
    ON client.portfolio_id = announced.portfolio_id
WHERE announced.statement_id = deliveries.statement_id;
