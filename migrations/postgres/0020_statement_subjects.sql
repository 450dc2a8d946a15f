-- statements: what a document is about: a portfolio, a group of portfolios, or the firm. Those that were there are
-- about portfolios. Groups are known to the lake only; `portfolio_id` is there where the store knows the subject.
-- Rows of statements never change: here they get a name for what they are about, and nothing else of them does.
ALTER TABLE statements
    ADD COLUMN subject_kind word,
    ADD COLUMN subject_id   word;

ALTER TABLE statements DISABLE TRIGGER statements_refuse_change;

UPDATE statements
SET subject_kind = 'portfolio',
    subject_id = portfolio_id;

ALTER TABLE statements ENABLE TRIGGER statements_refuse_change;

ALTER TABLE statements
    ALTER COLUMN subject_kind SET NOT NULL,
    ALTER COLUMN subject_id SET NOT NULL,
    ALTER COLUMN portfolio_id DROP NOT NULL,
    DROP CONSTRAINT statements_kind_portfolio_id_period_start_period_end_versio_key,
    ADD CONSTRAINT statements_version_key UNIQUE (kind, subject_kind, subject_id, period_start, period_end, version),
    ADD CONSTRAINT statements_subject_kind_check CHECK (subject_kind IN ('portfolio', 'group', 'firm')),
    ADD CONSTRAINT statements_portfolio_check CHECK ((subject_kind = 'portfolio') = (portfolio_id IS NOT NULL)),
    ADD CONSTRAINT statements_portfolio_subject_check CHECK (portfolio_id IS NULL OR portfolio_id = subject_id),
    ADD CONSTRAINT statements_firm_check CHECK (subject_kind <> 'firm' OR subject_id = 'firm');

CREATE INDEX statements_by_subject ON statements (subject_kind, subject_id, period_end);
