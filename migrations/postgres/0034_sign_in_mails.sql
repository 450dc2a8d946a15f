-- account_mails: one row per mail about an account, as before; there are four more kinds, about second factors and
-- other houses at which users sign in.
ALTER TABLE account_mails
    DROP CONSTRAINT account_mails_kind_check,
    ADD CONSTRAINT account_mails_kind_check CHECK (
        kind IN (
            'verify_email',
            'set_password',
            'registered_already',
            'password_changed',
            'second_factor_added',
            'second_factor_removed',
            'recovery_codes_renewed',
            'other_house_linked'
        )
    );
