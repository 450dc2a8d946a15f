//! Why books and custodian may differ, in words.

use std::fmt;

use rust_decimal::Decimal;
use schemas::{BusinessDate, Currency, InstrumentId, Severity};

/// What a difference most likely comes from. A suspicion, not a proof: it says what fits the figures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The difference is below the tolerance.
    Rounding,
    /// The custodian has the balance of the books with the other sign.
    OppositeSign,
    /// The books count transactions that are not settled yet.
    SettlesLater {
        /// The transactions.
        transaction_ids: Vec<String>,
        /// The day on which the last of them settles.
        settles: BusinessDate,
    },
    /// The custodian counts transactions that the books count from a later day on.
    CountedEarly {
        /// The transactions.
        transaction_ids: Vec<String>,
        /// The day from which the books count the last of them.
        counts_from: BusinessDate,
    },
    /// The books have a transaction that the custodian does not have.
    NotAtCustodian {
        /// The transaction.
        transaction_id: String,
    },
    /// The books have a transaction twice.
    BookedTwice {
        /// The one that came later.
        transaction_id: String,
        /// The one that came first.
        twin: String,
    },
    /// The custodian has twice what the books have once.
    BookedOnce {
        /// The transaction in the books.
        transaction_id: String,
    },
    /// A transaction was booked in the wrong direction.
    WrongDirection {
        /// The transaction.
        transaction_id: String,
    },
    /// Units and cash differ in opposite directions: a purchase or a sale is missing.
    MissingTrade,
    /// Two currencies differ in opposite directions: an FX deal is missing.
    MissingExchange {
        /// The other currency.
        counter_currency: Currency,
    },
    /// It is the cash of what explains differences in units.
    CashOf {
        /// The instruments whose units differ.
        instruments: Vec<InstrumentId>,
    },
    /// It is the other currency of an FX deal whose first currency differs, too.
    OtherCurrency {
        /// The first currency.
        currency: Currency,
    },
    /// A split is not booked.
    Split {
        /// New units.
        ratio_new: i64,
        /// Old units.
        ratio_old: i64,
        /// Its ex-date, if it was announced; none if only the ratio suggests it.
        ex_date: Option<BusinessDate>,
    },
    /// The books have applied a split that the custodian has not.
    SplitOnlyHere {
        /// New units.
        ratio_new: i64,
        /// Old units.
        ratio_old: i64,
        /// Its ex-date.
        ex_date: BusinessDate,
    },
    /// Units are lent out; the custodian does not count them.
    Lent,
    /// A dividend that was announced is not booked.
    Dividend {
        /// Who paid it.
        instrument_id: InstrumentId,
        /// Its ex-date.
        ex_date: BusinessDate,
        /// What was withheld, in percent of the gross amount.
        withheld_percent: Decimal,
    },
    /// A dividend is booked on its ex-date and will be paid later.
    DividendUnpaid {
        /// The booking.
        transaction_id: String,
        /// When it is paid.
        pay_date: BusinessDate,
    },
    /// The books took cash from an announcement, and it is paid later.
    AnnouncedUnpaid {
        /// The kind of the corporate action, e.g. `MERGER`.
        kind: String,
        /// Whose issuer pays.
        instrument_id: InstrumentId,
        /// Its ex-date, from which the books count the cash.
        ex_date: BusinessDate,
        /// When it is paid.
        pay_date: BusinessDate,
        /// What is paid; negative if the portfolio pays.
        amount: Decimal,
        /// The currency of the amount.
        currency: Currency,
    },
    /// The books took units from an announcement, and they are delivered later.
    AnnouncedUndelivered {
        /// The kind of the corporate action, e.g. `SPIN_OFF`.
        kind: String,
        /// Whose issuer delivers.
        instrument_id: InstrumentId,
        /// Its ex-date, from which the books count the units.
        ex_date: BusinessDate,
        /// When they are delivered.
        pay_date: BusinessDate,
        /// Units that come in; negative if they go out.
        units: Decimal,
    },
    /// It is the amount of a fee or tax that was booked before.
    FeeAsBefore {
        /// The earlier one.
        transaction_id: String,
    },
    /// It is the amount of the fees or taxes of a transaction, charged apart from it.
    ChargedApart {
        /// The transaction.
        transaction_id: String,
    },
    /// It is a usual part of a dividend that was booked without tax.
    WithheldTax {
        /// The dividend.
        transaction_id: String,
        /// The part, in percent.
        percent: Decimal,
    },
    /// The market of the portfolio does not list what the custodian holds.
    Unlisted,
    /// The books do not have the position at all.
    MissingPosition,
    /// The custodian does not have the position at all.
    NotHeld,
    /// The units agree and the values do not.
    PricedDifferently,
    /// Nothing that is booked or announced fits.
    Unexplained,
}

impl Cause {
    /// The word for programs.
    pub fn word(&self) -> &'static str {
        match self {
            Cause::Rounding => "rounding",
            Cause::OppositeSign => "opposite_sign",
            Cause::SettlesLater { .. } => "settles_later",
            Cause::CountedEarly { .. } => "counted_early",
            Cause::NotAtCustodian { .. } => "not_at_custodian",
            Cause::BookedTwice { .. } => "booked_twice",
            Cause::BookedOnce { .. } => "booked_once",
            Cause::WrongDirection { .. } => "wrong_direction",
            Cause::MissingTrade => "missing_trade",
            Cause::MissingExchange { .. } => "missing_exchange",
            Cause::CashOf { .. } => "cash_of",
            Cause::OtherCurrency { .. } => "other_currency",
            Cause::Split { .. } => "split",
            Cause::SplitOnlyHere { .. } => "split_only_here",
            Cause::Lent => "lent",
            Cause::Dividend { .. } => "dividend",
            Cause::DividendUnpaid { .. } => "dividend_unpaid",
            Cause::AnnouncedUnpaid { .. } => "announced_unpaid",
            Cause::AnnouncedUndelivered { .. } => "announced_undelivered",
            Cause::FeeAsBefore { .. } => "fee_as_before",
            Cause::ChargedApart { .. } => "charged_apart",
            Cause::WithheldTax { .. } => "withheld_tax",
            Cause::Unlisted => "unlisted",
            Cause::MissingPosition => "missing_position",
            Cause::NotHeld => "not_held",
            Cause::PricedDifferently => "priced_differently",
            Cause::Unexplained => "unexplained",
        }
    }

    /// The event that an expected difference waits for; none for any other. Two events may differ by the same amount
    /// and are two differences.
    pub fn awaited(&self) -> Option<String> {
        match self {
            Cause::DividendUnpaid { transaction_id, .. } => Some(transaction_id.clone()),
            Cause::AnnouncedUnpaid { kind, instrument_id, ex_date, .. }
            | Cause::AnnouncedUndelivered { kind, instrument_id, ex_date, .. } => {
                Some(format!("{kind}:{}:{ex_date}", instrument_id.symbol()))
            }
            _ => None,
        }
    }

    /// How bad a difference of this cause is.
    ///
    /// - `Info`: it is a matter of days or of rounding; nobody has to do anything.
    /// - `Warn`: something should be booked or asked, and it is known what.
    /// - `Block`: units or cash differ and what is booked and announced does not explain it.
    pub fn severity(&self) -> Severity {
        match self {
            Cause::Rounding
            | Cause::SettlesLater { .. }
            | Cause::CountedEarly { .. }
            | Cause::Lent
            | Cause::DividendUnpaid { .. }
            | Cause::AnnouncedUnpaid { .. }
            | Cause::AnnouncedUndelivered { .. } => Severity::Info,
            Cause::OppositeSign
            | Cause::MissingTrade
            | Cause::MissingExchange { .. }
            | Cause::Unlisted
            | Cause::MissingPosition
            | Cause::NotHeld
            | Cause::Unexplained => Severity::Block,
            _ => Severity::Warn,
        }
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Cause::Rounding => write!(to, "rounding"),
            Cause::OppositeSign => write!(to, "the custodian has the same balance with the other sign"),
            Cause::MissingTrade => write!(to, "units and cash differ together: a purchase or sale is not booked"),
            Cause::Lent => write!(to, "units that are lent out are not in the custodian's balance"),
            Cause::Unlisted => {
                write!(to, "the portfolio's market does not list it: add it to instruments.csv and import it")
            }
            Cause::MissingPosition => write!(to, "the books do not have the position at all"),
            Cause::NotHeld => write!(to, "the custodian does not have the position at all"),
            Cause::PricedDifferently => write!(to, "the same units at another price"),
            Cause::Unexplained => write!(to, "nothing that is booked or announced explains it"),
            Cause::MissingExchange { counter_currency } => {
                write!(
                    to,
                    "two currencies differ in opposite directions: an FX deal with {counter_currency} is missing"
                )
            }
            Cause::CashOf { instruments } => {
                let symbols: Vec<&str> = instruments.iter().map(InstrumentId::symbol).collect();
                write!(to, "the cash that goes with the difference in {}", symbols.join(", "))
            }
            Cause::OtherCurrency { currency } => {
                write!(to, "the other currency of the FX deal that explains the difference in {currency}")
            }
            Cause::Split { .. } | Cause::SplitOnlyHere { .. } => self.write_split(to),
            Cause::Dividend { .. } | Cause::DividendUnpaid { .. } | Cause::WithheldTax { .. } => self.write_income(to),
            Cause::AnnouncedUnpaid { .. } | Cause::AnnouncedUndelivered { .. } => self.write_announced(to),
            _ => self.write_bookings(to),
        }
    }
}

impl Cause {
    fn write_split(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Cause::Split { ratio_new, ratio_old, ex_date: Some(ex_date) } => {
                write!(to, "the split {ratio_new}:{ratio_old} of {ex_date} is not in the books")
            }
            Cause::Split { ratio_new, ratio_old, ex_date: None } => {
                write!(
                    to,
                    "the units are as {ratio_new}:{ratio_old}: a split may be missing, though none was announced"
                )
            }
            Cause::SplitOnlyHere { ratio_new, ratio_old, ex_date } => {
                write!(to, "the custodian has not applied the split {ratio_new}:{ratio_old} of {ex_date}")
            }
            _ => Ok(()),
        }
    }

    fn write_income(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Cause::Dividend { instrument_id, ex_date, withheld_percent } => {
                write!(to, "the dividend of {} of {ex_date} is not booked", instrument_id.symbol())?;
                if withheld_percent.is_zero() { Ok(()) } else { write!(to, " ({withheld_percent} % were withheld)") }
            }
            Cause::DividendUnpaid { transaction_id, pay_date } => {
                write!(to, "timing: the dividend {transaction_id} is paid on {pay_date}")
            }
            Cause::WithheldTax { transaction_id, percent } => {
                write!(to, "{percent} % of the dividend {transaction_id}, which was booked without tax")
            }
            _ => Ok(()),
        }
    }

    fn write_announced(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Cause::AnnouncedUnpaid { kind, instrument_id, ex_date, pay_date, amount, currency } => {
                write!(
                    to,
                    "timing: announced cash, not paid yet: {kind} of {} of {ex_date}, pay date {pay_date}, \
                     {amount} {currency}",
                    instrument_id.symbol()
                )
            }
            Cause::AnnouncedUndelivered { kind, instrument_id, ex_date, pay_date, units } => {
                write!(
                    to,
                    "timing: announced units, not delivered yet: {kind} of {} of {ex_date}, pay date {pay_date}, \
                     {units} units",
                    instrument_id.symbol()
                )
            }
            _ => Ok(()),
        }
    }

    fn write_bookings(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Cause::SettlesLater { transaction_ids, settles } => {
                write!(to, "timing: {} settles on {settles}", transaction_ids.join(", "))
            }
            Cause::CountedEarly { transaction_ids, counts_from } => {
                write!(to, "timing: the books count {} from {counts_from} on", transaction_ids.join(", "))
            }
            Cause::NotAtCustodian { transaction_id } => {
                write!(to, "the custodian does not have transaction {transaction_id}")
            }
            Cause::BookedTwice { transaction_id, twin } => {
                write!(to, "transaction {transaction_id} is booked already as {twin}")
            }
            Cause::BookedOnce { transaction_id } => {
                write!(to, "the custodian has twice what is booked once, as transaction {transaction_id}")
            }
            Cause::WrongDirection { transaction_id } => {
                write!(to, "transaction {transaction_id} is booked in the wrong direction")
            }
            Cause::FeeAsBefore { transaction_id } => {
                write!(to, "a fee or tax of the amount of transaction {transaction_id} is not booked")
            }
            Cause::ChargedApart { transaction_id } => {
                write!(to, "the fees or taxes of transaction {transaction_id} were charged apart from it")
            }
            _ => Ok(()),
        }
    }
}
