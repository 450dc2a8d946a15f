-- statement_files: looked up by the hash of their bytes, to prove that a file is one of them.
CREATE INDEX statement_files_by_sha256 ON statement_files (sha256);

CREATE INDEX statements_by_period_end ON statements (period_end, portfolio_id);
