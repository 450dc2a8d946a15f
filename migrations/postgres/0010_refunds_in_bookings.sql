-- transactions: fees and taxes inside a booking that came back, and units of a payment that was owed, are negative.
ALTER TABLE transactions
    DROP CONSTRAINT transactions_quantity_check,
    DROP CONSTRAINT transactions_fees_check,
    DROP CONSTRAINT transactions_taxes_check;
