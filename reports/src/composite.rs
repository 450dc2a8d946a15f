//! What a report about a composite is made from: its days, and of its members only what the report needs of them.

use std::collections::BTreeSet;

use schemas::tables::exceptions::Exception;
use schemas::tables::portfolio_group_returns::PortfolioGroupReturn;
use schemas::{Amount, BusinessDate, Currency, GroupId, PortfolioId, RunId, Severity};

use crate::document::DataGrade;
use crate::firm::Firm;
use crate::gips::Gips;
use crate::texts::Texts;

/// Everything that a report about a composite is made from.
#[derive(Clone, Debug, PartialEq)]
pub struct CompositeInput {
    /// The composite.
    pub group_id: GroupId,
    /// Its title for people.
    pub title: String,
    /// The currency of its figures.
    pub base_currency: Currency,
    /// The last day of the report's period, the end of a year.
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
    /// The firm that issues the report.
    pub firm: Option<Firm>,
    /// What the firm says in such reports.
    pub gips: Gips,
    /// Its days from its first one up to the closing date, in order.
    pub days: Vec<PortfolioGroupReturn>,
    /// What management and performance fees took off its return, of the days on which there were some, in any order.
    pub fee_days: Vec<FeeDay>,
    /// What the members earned in each year for the whole of which they were in it, in any order.
    pub member_years: Vec<MemberYear>,
    /// Its benchmark.
    pub benchmark: Benchmark,
    /// What all portfolios of the firm were worth at the ends of years, in any order.
    pub firm_assets: Vec<FirmAssets>,
    /// What the checks of the closing date found of its members.
    pub exceptions: Vec<Exception>,
}

/// What fees took off the return of a composite on a day.
#[derive(Clone, Debug, PartialEq)]
pub struct FeeDay {
    /// The day.
    pub business_date: BusinessDate,
    /// What the return would have been more without them, a fraction; none if an amount or a rate is unknown.
    pub return_fraction: Option<f64>,
}

/// What a member earned in a year.
#[derive(Clone, Debug, PartialEq)]
pub struct MemberYear {
    /// The member.
    pub portfolio_id: PortfolioId,
    /// The year.
    pub year: i32,
    /// Its return in the composite's currency, a fraction, after all fees; none if a day of it is unknown.
    pub return_fraction: Option<f64>,
}

/// The benchmark of a composite: the one that all members have on the closing date.
#[derive(Clone, Debug, PartialEq)]
pub enum Benchmark {
    /// Its levels in the composite's currency, as some members have them; each member's form a series of their own.
    Levels(Vec<BenchmarkLevel>),
    /// No member names a benchmark, or none in the composite's currency.
    NotNamed,
    /// The members have several benchmarks.
    Several,
}

/// The level of a benchmark on a day.
#[derive(Clone, Debug, PartialEq)]
pub struct BenchmarkLevel {
    /// The member as which it is known.
    pub portfolio_id: PortfolioId,
    /// The day.
    pub business_date: BusinessDate,
    /// The level.
    pub level: f64,
}

/// What all portfolios of the firm were worth on a day, in the composite's currency.
#[derive(Clone, Debug, PartialEq)]
pub struct FirmAssets {
    /// The day.
    pub business_date: BusinessDate,
    /// The sum; none if a value or a rate is missing.
    pub value: Option<Amount>,
    /// Portfolios without a value that is young enough, or without a rate.
    pub missing: usize,
}

impl CompositeInput {
    /// The words of the report's language.
    pub(crate) fn texts(&self) -> Texts {
        Texts::of(self.gips.language)
    }

    /// How sound the data is.
    pub(crate) fn data_grade(&self) -> DataGrade {
        DataGrade::of(&self.exceptions)
    }

    /// The members of which a check forbids a statement, with the checks.
    pub(crate) fn blocked_by(&self) -> BTreeSet<(&PortfolioId, &str)> {
        let blocking = self.exceptions.iter().filter(|row| row.severity == Severity::Block);
        blocking.map(|row| (&row.portfolio_id, row.check_name.as_str())).collect()
    }
}
