-- portfolios: a benchmark of several symbols, and the market whose dated risk-free rates count.
ALTER TABLE portfolios ADD COLUMN benchmark_blend TEXT CHECK (benchmark_blend <> '');

ALTER TABLE portfolios ADD COLUMN risk_free_source TEXT CHECK (risk_free_source <> '');
