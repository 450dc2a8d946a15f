-- account_mails: how many wait.
SELECT count(*)
FROM account_mails
WHERE state = 'pending'
