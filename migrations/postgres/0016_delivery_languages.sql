-- deliveries: the language of the message (ISO 639-1), decided when its statement is published. Those that were queued
-- before have the language of their portfolio.
ALTER TABLE deliveries
    ADD COLUMN language word;

UPDATE deliveries
SET language = client.language
FROM statements AS announced
JOIN portfolios AS client
    ON client.portfolio_id = announced.portfolio_id
WHERE announced.statement_id = deliveries.statement_id;

ALTER TABLE deliveries
    ALTER COLUMN language SET NOT NULL;
