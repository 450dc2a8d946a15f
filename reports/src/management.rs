//! What a report about the firm as a whole is made from: sums over all portfolios, and of each portfolio one number at
//! most.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use schemas::tables::nav_bridge::BridgeComponent;
use schemas::{Amount, BusinessDate, Currency, Language, PortfolioId, RunId, Severity};
use serde::{Deserialize, Serialize};

use crate::document::DataGrade;
use crate::firm::Firm;
use crate::texts::Texts;

/// Everything that a report about the firm is made from.
#[derive(Clone, Debug, PartialEq)]
pub struct ManagementInput {
    /// The last day of the report's period.
    pub business_date: BusinessDate,
    /// The last day before the period.
    pub period_start: BusinessDate,
    /// The run that makes the report.
    pub run_id: RunId,
    /// A fingerprint of the versions of all tables read.
    pub inputs_fingerprint: String,
    /// The version of the program.
    pub program_version: String,
    /// Whether the portfolios are made up; every page then says so.
    pub synthetic: bool,
    /// The firm, as the house describes it.
    pub firm: Option<Firm>,
    /// The language of the report.
    pub language: Language,
    /// The currency of its sums: the one that the firm has set, or that of most portfolios.
    pub currency: Currency,
    /// How many portfolios there were.
    pub counts: PortfolioCounts,
    /// What the portfolios of each base currency were worth and what changed it, by currency.
    pub books: Vec<CurrencyBook>,
    /// What is in no sum because there is no rate, by currency.
    pub outside: Vec<OutsideBook>,
    /// Portfolios without a value that is young enough on the day before the period and on its last day.
    pub without_value: [WithoutValue; 2],
    /// Steps of the change in value that are not known in figures.
    pub unknown_steps: u64,
    /// What portfolios earned in the period, in any order.
    pub returns: Vec<PortfolioReturn>,
    /// Portfolios that lived on the last day and have no return of the period.
    pub without_return: usize,
    /// How the backtests in force on the last day look.
    pub lights: Lights,
    /// The portfolios with the highest value at risk of their value on the last day, the highest first.
    pub risks: Vec<PortfolioRisk>,
    /// How many portfolios have such a figure.
    pub risks_known: usize,
    /// What the checks of the last day found, by check and severity.
    pub findings: Vec<FindingCount>,
    /// What was published about the period, as it was counted when the report was first made; none in reports of
    /// before it was.
    pub publications: Option<Publications>,
}

/// What was published about a period and what became of the messages, at one moment. It changes from then on, so the
/// manifest of the report keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Publications {
    /// When it was counted.
    pub counted_at: DateTime<Utc>,
    /// By kind of document, in the order of their ids; kinds of which there is nothing are not there.
    pub kinds: Vec<KindPublications>,
}

/// What was published of one kind of document about a period.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KindPublications {
    /// The id of the kind, e.g. `portfolio_statement`.
    pub kind: String,
    /// Documents in their first version.
    pub published: u64,
    /// Later versions of documents.
    pub restated: u64,
    /// Documents that were due, could not be made, and are not there.
    pub blocked: u64,
    /// Messages that were handed over.
    pub delivered: u64,
    /// Messages that wait to be sent.
    pub waiting: u64,
    /// Messages that nobody tries to send any more.
    pub given_up: u64,
    /// Messages that came back.
    pub returned: u64,
    /// Messages that were optional, and not wanted.
    pub not_wanted: u64,
}

/// How many portfolios there were. Those that were there and those that were opened are those that were closed and
/// those that are there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PortfolioCounts {
    /// On the day before the period.
    pub at_start: usize,
    /// Began in the period.
    pub opened: usize,
    /// Ended before the last day; one that ends on it is there.
    pub closed: usize,
    /// On the last day.
    pub at_end: usize,
}

/// The portfolios of one base currency. Amounts are in the report's currency unless their name says otherwise.
#[derive(Clone, Debug, PartialEq)]
pub struct CurrencyBook {
    /// Their base currency.
    pub base_currency: Currency,
    /// How many have a value on the day before the period.
    pub portfolios_at_start: usize,
    /// How many have a value on the last day.
    pub portfolios_at_end: usize,
    /// What they were worth on the day before the period, at the rate of that day.
    pub start: Amount,
    /// What they are worth on the last day, at the rate of that day.
    pub end: Amount,
    /// The same in their base currency.
    pub end_base: Amount,
    /// What the change of the rate between the two days made of what was there.
    pub translation: Amount,
    /// The last value of those that were closed, at the rate of the last day.
    pub left: Amount,
    /// What changed their value, by component, at the rate of the last day.
    pub steps: BTreeMap<BridgeComponent, Amount>,
    /// What those that were valued on the last day hold, by asset class, at the rate of the day.
    pub classes: BTreeMap<String, Amount>,
}

/// Portfolios of one base currency and one source of rates that has no rate: they are in no sum.
#[derive(Clone, Debug, PartialEq)]
pub struct OutsideBook {
    /// Their base currency.
    pub base_currency: Currency,
    /// The days of the two without a rate.
    pub dates: Vec<BusinessDate>,
    /// How many have a value on one of the days.
    pub portfolios: usize,
    /// What they were worth on the day before the period, in their base currency.
    pub start_base: Amount,
    /// What they are worth on the last day, in their base currency.
    pub end_base: Amount,
}

/// Portfolios that lived on a day and have no value that is young enough.
#[derive(Clone, Debug, PartialEq)]
pub struct WithoutValue {
    /// The day.
    pub business_date: BusinessDate,
    /// How many there are.
    pub count: usize,
    /// The first of them.
    pub first: Vec<PortfolioId>,
}

/// What a portfolio earned in the period.
#[derive(Clone, Debug, PartialEq)]
pub struct PortfolioReturn {
    /// The portfolio.
    pub portfolio_id: PortfolioId,
    /// Its time-weighted return in its base currency, a fraction.
    pub return_fraction: f64,
}

/// How many portfolios have a green, yellow or red backtest in force, and how many none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lights {
    /// Green.
    pub green: usize,
    /// Yellow.
    pub yellow: usize,
    /// Red: all methods of the portfolio are.
    pub red: usize,
    /// Without a backtest on the day.
    pub none: usize,
}

/// What a portfolio may lose.
#[derive(Clone, Debug, PartialEq)]
pub struct PortfolioRisk {
    /// The portfolio.
    pub portfolio_id: PortfolioId,
    /// Its value at risk of one day and one in a hundred, of its value, a fraction.
    pub value_at_risk_fraction: f64,
}

/// What a check found.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FindingCount {
    /// The check.
    pub check_name: String,
    /// What follows from it.
    pub severity: Severity,
    /// How many findings there are.
    pub count: usize,
}

impl ManagementInput {
    /// The words of the report's language.
    pub(crate) fn texts(&self) -> Texts {
        Texts::of(self.language)
    }

    /// How sound the data is.
    pub(crate) fn data_grade(&self) -> DataGrade {
        if self.findings.iter().any(|found| found.severity == Severity::Quarantine) {
            DataGrade::C
        } else if self.findings.is_empty() {
            DataGrade::A
        } else {
            DataGrade::B
        }
    }

    /// Whether the firm has set the currency of its reports.
    pub(crate) fn has_chosen_currency(&self) -> bool {
        self.firm.as_ref().is_some_and(|firm| firm.reporting_currency.is_some())
    }
}
