-- inbox_items: the row of a finding that was found again; while it is open, what is said of it follows the last time.
UPDATE inbox_items
SET
    seen_at = CASE WHEN seen_at < $2 THEN $2 ELSE seen_at END,
    severity = CASE WHEN state = 'open' THEN $3 ELSE severity END,
    message = CASE WHEN state = 'open' THEN $4 ELSE message END,
    detail = CASE WHEN state = 'open' THEN $5 ELSE detail END,
    suggestion = CASE WHEN state = 'open' THEN $6 ELSE suggestion END
WHERE item_key = $1
