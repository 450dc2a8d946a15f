//! Books against a custodian: what differs, what it probably comes from, and what would close it.
//!
//! Two lists of balances say that something is wrong and not what. The cause is looked for among the transactions
//! around the day, the corporate actions that were announced, and what differs besides: units and cash that differ
//! together are one trade. A cause is a suspicion in words; where one transaction would close the difference, it is
//! suggested, and nothing is booked by itself.

mod announced;
mod balances;
mod case;
mod cash;
mod cause;
mod suggestion;
#[cfg(test)]
mod tests;
mod units;
mod unsettled;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use rust_decimal::Decimal;
use schemas::tables::corporate_actions::CorporateAction;
use schemas::tables::instruments::Instrument;
use schemas::tables::transactions::Transaction;
use schemas::{BusinessDate, Currency, InstrumentId, Money, PortfolioId, Severity};

pub use announced::Undelivered;
pub(crate) use balances::taken_back;
pub use balances::{AnnouncedSplit, BalanceBasis, Balances, announced_split, balances, is_replayed};
pub use cause::Cause;
pub use unsettled::{Pending, Unsettled, unsettled};

use case::{Case, CashGap, Explanation, UnitGap};

use crate::error::Error;

/// Units that may differ by rounding: a millionth, the finest fraction that custodians print.
pub const UNITS_TOLERANCE: Decimal = Decimal::from_parts(1, 0, 0, false, 6);
/// Cash that may differ by rounding: a hundredth of the currency.
pub const CASH_TOLERANCE: Decimal = Decimal::from_parts(1, 0, 0, false, 2);
/// The part of a value by which prices of two sources may differ: one percent.
pub const VALUE_BAND: Decimal = Decimal::from_parts(1, 0, 0, false, 2);
/// The part of a value by which cash may differ from it and still be its price: a quarter, for prices that moved since.
pub const PRICE_BAND: Decimal = Decimal::from_parts(25, 0, 0, false, 2);
/// Days around the statement in which transactions are looked for.
pub const NEARBY_DAYS: i64 = 10;
/// Days around the statement in which splits are looked for.
pub const SPLIT_DAYS: i64 = 60;
/// Days before the statement in which dividends are looked for.
pub const DIVIDEND_DAYS: i64 = 120;

/// What a balance is of.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// An instrument of the portfolio's market.
    Instrument(InstrumentId),
    /// Something that the market does not list, as the custodian calls it.
    Unlisted(String),
    /// Cash in a currency.
    Cash(Currency),
}

/// One balance of a custodian's statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CustodianBalance {
    /// Units, or cash in its currency.
    pub quantity: Decimal,
    /// What the custodian says that it is worth.
    pub market_value: Option<Money>,
}

/// A custodian's statement of the balances of one portfolio.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustodianStatement {
    /// The day at whose close the balances hold.
    pub date: BusinessDate,
    /// From which day on the custodian counts a transaction.
    pub basis: BalanceBasis,
    /// The balances.
    pub balances: BTreeMap<Subject, CustodianBalance>,
    /// Whether what is not in the list is zero. False if a row of it could not be read.
    pub is_complete: bool,
}

/// What is compared, and where causes are looked for.
#[derive(Clone, Copy, Debug)]
pub struct Inputs<'a> {
    /// The portfolio.
    pub portfolio_id: &'a PortfolioId,
    /// Its base currency.
    pub base_currency: Currency,
    /// What it holds by the books, on the day and the basis of the statement.
    pub ledger: &'a Balances,
    /// What it holds by the custodian.
    pub custodian: &'a CustodianStatement,
    /// All its transactions, those of some days after the statement as well.
    pub transactions: &'a [Transaction],
    /// The splits that the books apply although no transaction books them.
    pub splits: &'a [AnnouncedSplit],
    /// What issuers of its market announced.
    pub actions: &'a [CorporateAction],
    /// What its books took from announcements whose day of payment comes after the day of the statement.
    pub undelivered: &'a [Undelivered<'a>],
    /// The instruments of its market.
    pub instruments: &'a BTreeMap<InstrumentId, Instrument>,
    /// What its positions are worth by the books, as far as that is known.
    pub values: &'a BTreeMap<InstrumentId, Money>,
}

/// What differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measured {
    /// Units of an instrument.
    Units,
    /// Cash.
    Cash,
    /// The value of equal units, in a currency.
    Value(Currency),
}

/// A difference between books and custodian.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// What it is about.
    pub subject: Subject,
    /// What differs.
    pub measured: Measured,
    /// The balance of the books.
    pub ledger: Decimal,
    /// The balance of the custodian.
    pub custodian: Decimal,
    /// Custodian minus books, or the part of it that this cause explains: other parts are differences of their own.
    pub difference: Decimal,
    /// What it probably comes from.
    pub cause: Cause,
    /// A transaction without an id that would close it; none if there is nothing to book, or no good guess.
    pub suggestion: Option<Transaction>,
}

/// Compares books and custodian. Without a difference, without a row.
///
/// What the statement does not name counts as zero, with two exceptions: nothing if the statement is not complete, and
/// no cash if the statement speaks of none. What was announced and is not delivered yet is a row of its own, and the
/// rest of the same balance another one.
///
/// # Errors
/// [`Error::Overflow`] if a number does not fit, [`Error::UnknownKind`] if a transaction is of none.
pub fn differences(inputs: Inputs<'_>) -> Result<Vec<Difference>, Error> {
    let mut found = Vec::new();
    let mut case = Case::new(inputs)?;
    case.units = unit_gaps(&case, &mut found)?;
    case.cash = cash_gaps(&case, &mut found)?;
    found.extend(inputs.custodian.balances.iter().filter_map(|(subject, balance)| unlisted(subject, balance)));
    let of_units = units::explain(&case);
    let of_cash = cash::explain(&case, &of_units)?;
    for (gap, explanation) in case.units.iter().zip(of_units) {
        let subject = Subject::Instrument(gap.instrument.clone());
        let figures = [inputs.ledger.units_of(gap.instrument), gap.custodian, gap.difference];
        found.push(explained(subject, Measured::Units, figures, explanation));
    }
    for (gap, explanation) in case.cash.iter().zip(of_cash) {
        let figures = [inputs.ledger.cash_in(gap.currency), gap.custodian, gap.difference];
        found.push(explained(Subject::Cash(gap.currency), Measured::Cash, figures, explanation));
    }
    found.sort_by(|left, right| left.subject.cmp(&right.subject));
    Ok(found)
}

/// The units that have to be explained. What needs no explanation is put into `found`: what is expected, rounding, and
/// other values of equal units.
fn unit_gaps<'a>(case: &Case<'a>, found: &mut Vec<Difference>) -> Result<Vec<UnitGap<'a>>, Error> {
    let inputs = case.inputs;
    let mut gaps = Vec::new();
    for instrument in inputs.instruments_compared() {
        let (booked, custodian) = (inputs.ledger.units_of(instrument), inputs.custodian.units_of(instrument));
        let subject = Subject::Instrument(instrument.clone());
        let expected = announced::of_units(case, instrument, inputs.minus(custodian, booked)?);
        let is_as_booked = expected.is_empty();
        let mut ledger = booked;
        for part in expected {
            ledger = inputs.minus(ledger, -part.difference)?;
            let figures = [booked, custodian, part.difference];
            found.push(explained(subject.clone(), Measured::Units, figures, Explanation::only(part.cause)));
        }
        let difference = inputs.minus(custodian, ledger)?;
        if UNITS_TOLERANCE < difference.abs() {
            gaps.push(UnitGap { instrument, ledger, custodian, difference });
        } else if !difference.is_zero() {
            found.push(rounding(subject, Measured::Units, [booked, custodian, difference]));
        } else if is_as_booked {
            found.extend(inputs.value_difference(instrument)?);
        }
    }
    Ok(gaps)
}

/// The cash that has to be explained. What needs no explanation is put into `found`: what is expected, and rounding.
fn cash_gaps(case: &Case<'_>, found: &mut Vec<Difference>) -> Result<Vec<CashGap>, Error> {
    let inputs = case.inputs;
    let mut gaps = Vec::new();
    for currency in inputs.currencies_compared() {
        let (booked, custodian) = (inputs.ledger.cash_in(currency), inputs.custodian.cash_in(currency));
        let subject = Subject::Cash(currency);
        let mut ledger = booked;
        for part in announced::of_cash(case, currency, inputs.minus(custodian, booked)?) {
            ledger = inputs.minus(ledger, -part.difference)?;
            let figures = [booked, custodian, part.difference];
            found.push(explained(subject.clone(), Measured::Cash, figures, Explanation::only(part.cause)));
        }
        let difference = inputs.minus(custodian, ledger)?;
        if CASH_TOLERANCE < difference.abs() {
            gaps.push(CashGap { currency, ledger, custodian, difference });
        } else if !difference.is_zero() {
            found.push(rounding(subject, Measured::Cash, [booked, custodian, difference]));
        }
    }
    Ok(gaps)
}

fn explained(subject: Subject, measured: Measured, figures: [Decimal; 3], explanation: Explanation) -> Difference {
    let [ledger, custodian, difference] = figures;
    let Explanation { cause, suggestion, cash: _ } = explanation;
    Difference { subject, measured, ledger, custodian, difference, cause, suggestion }
}

fn rounding(subject: Subject, measured: Measured, figures: [Decimal; 3]) -> Difference {
    explained(subject, measured, figures, Explanation::only(Cause::Rounding))
}

fn unlisted(subject: &Subject, balance: &CustodianBalance) -> Option<Difference> {
    let is_unlisted = matches!(subject, Subject::Unlisted(_)) && !balance.quantity.is_zero();
    let figures = [Decimal::ZERO, balance.quantity, balance.quantity];
    is_unlisted.then(|| explained(subject.clone(), Measured::Units, figures, Explanation::only(Cause::Unlisted)))
}

/// Whether two numbers differ by no more than this.
fn near(left: Decimal, right: Decimal, tolerance: Decimal) -> bool {
    left.checked_sub(right).is_some_and(|difference| difference.abs() <= tolerance)
}

impl<'a> Inputs<'a> {
    fn minus(&self, left: Decimal, right: Decimal) -> Result<Decimal, Error> {
        left.checked_sub(right).ok_or_else(|| Error::Overflow {
            portfolio_id: self.portfolio_id.clone(),
            date: self.custodian.date,
            what: "a difference".to_owned(),
        })
    }

    /// The instruments that one of the two sides names.
    fn instruments_compared(&self) -> BTreeSet<&'a InstrumentId> {
        let stated = self.custodian.balances.keys().filter_map(|subject| match subject {
            Subject::Instrument(instrument) => Some(instrument),
            Subject::Unlisted(_) | Subject::Cash(_) => None,
        });
        let ours = self.ledger.units.keys().filter(|_| self.custodian.is_complete);
        stated.chain(ours).collect()
    }

    /// The currencies whose cash one of the two sides names, if the statement speaks of cash.
    fn currencies_compared(&self) -> BTreeSet<Currency> {
        let stated = self.custodian.balances.keys().filter_map(|subject| match subject {
            Subject::Cash(currency) => Some(*currency),
            Subject::Instrument(_) | Subject::Unlisted(_) => None,
        });
        let all = self.custodian.is_complete && self.custodian.has_cash();
        let ours = self.ledger.cash.keys().copied().filter(|_| all);
        stated.chain(ours).collect()
    }

    /// How the values of equal units differ, if both are known in one currency.
    fn value_difference(&self, instrument: &InstrumentId) -> Result<Option<Difference>, Error> {
        let (Some(ours), Some(stated)) = (self.values.get(instrument), self.custodian.value_of(instrument)) else {
            return Ok(None);
        };
        let (ledger, custodian) = (ours.amount(), stated.amount());
        let difference = self.minus(custodian, ledger)?;
        let band = custodian.abs().checked_mul(VALUE_BAND).map_or(CASH_TOLERANCE, |band| band.max(CASH_TOLERANCE));
        if ours.currency() != stated.currency() || difference.abs() <= band {
            return Ok(None);
        }
        let subject = Subject::Instrument(instrument.clone());
        let explanation = Explanation::only(Cause::PricedDifferently);
        let measured = Measured::Value(ours.currency());
        Ok(Some(explained(subject, measured, [ledger, custodian, difference], explanation)))
    }
}

impl CustodianStatement {
    /// Whether the statement speaks of cash at all.
    pub fn has_cash(&self) -> bool {
        self.balances.keys().any(|subject| matches!(subject, Subject::Cash(_)))
    }

    /// The balance of a subject; zero if it is not named.
    fn quantity_of(&self, subject: &Subject) -> Decimal {
        self.balances.get(subject).map_or(Decimal::ZERO, |balance| balance.quantity)
    }

    fn units_of(&self, instrument: &InstrumentId) -> Decimal {
        self.quantity_of(&Subject::Instrument(instrument.clone()))
    }

    fn cash_in(&self, currency: Currency) -> Decimal {
        self.quantity_of(&Subject::Cash(currency))
    }

    /// What the custodian says that the units of an instrument are worth.
    fn value_of(&self, instrument: &InstrumentId) -> Option<Money> {
        self.balances.get(&Subject::Instrument(instrument.clone()))?.market_value
    }
}

impl Difference {
    /// How bad it is.
    pub fn severity(&self) -> Severity {
        self.cause.severity()
    }

    /// The difference in a sentence, with its figures.
    pub fn message(&self) -> String {
        let what = match self.measured {
            Measured::Units => "units".to_owned(),
            Measured::Cash => "cash".to_owned(),
            Measured::Value(currency) => format!("value in {currency}"),
        };
        let [ledger, custodian, difference] =
            [self.ledger, self.custodian, self.difference].map(|figure| figure.normalize());
        let of_it = match self.custodian.checked_sub(self.ledger) {
            Some(whole) if whole != self.difference => format!("{difference} of the difference {}", whole.normalize()),
            _ => format!("difference {difference}"),
        };
        format!("{what}: {ledger} in the books, {custodian} at the custodian, {of_it}; {}", self.cause)
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Subject::Instrument(instrument) => formatter.pad(instrument.symbol()),
            Subject::Unlisted(name) => formatter.pad(name),
            Subject::Cash(currency) => formatter.pad(&format!("cash {currency}")),
        }
    }
}
