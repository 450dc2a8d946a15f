-- portfolios: 1 if every executed order is confirmed to the client; those that were there before have chosen nothing.
ALTER TABLE portfolios ADD COLUMN confirmations INTEGER NOT NULL DEFAULT 0 CHECK (confirmations IN (0, 1));
