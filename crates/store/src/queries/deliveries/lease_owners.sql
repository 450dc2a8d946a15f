-- deliveries: one row per sender that has leased messages.
SELECT DISTINCT lease_owner
FROM deliveries
WHERE state = 'pending' AND lease_owner IS NOT NULL
ORDER BY lease_owner
