-- approvals: erasures of persons by others need a second person, too.
ALTER TABLE approvals DROP CONSTRAINT approvals_kind_check;

ALTER TABLE approvals ADD CONSTRAINT approvals_kind_check CHECK (kind IN ('role', 'erasure'));
