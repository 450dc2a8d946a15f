-- statement_files: one row per file of a statement.
INSERT INTO statement_files (
    statement_id,
    position,
    media_type,
    object_path,
    sha256,
    byte_count
)
VALUES ($1, $2, $3, $4, $5, $6)
