-- rights_versions: the number.
SELECT version
FROM rights_versions
WHERE version_id = 1
