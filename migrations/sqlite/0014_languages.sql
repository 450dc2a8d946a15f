-- portfolios: the language of its documents (ISO 639-1); those that were there before have theirs in English.
ALTER TABLE portfolios ADD COLUMN language TEXT NOT NULL DEFAULT 'en' CHECK (language <> '');
