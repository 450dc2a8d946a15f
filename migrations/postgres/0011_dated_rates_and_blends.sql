-- portfolios: a benchmark of several symbols, and the market whose dated risk-free rates count.
ALTER TABLE portfolios
    ADD COLUMN benchmark_blend word,
    ADD COLUMN risk_free_source word;
