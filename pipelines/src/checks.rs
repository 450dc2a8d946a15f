//! Consistency checks: SQL whose rows are the rows that are wrong.
//!
//! To add one: a file in `pipelines/checks/` and a line in the list. A check returns `business_date`, `portfolio_id`,
//! `subject` and `message`, for business dates from `$from_date` to `$to_date`, and may only look at what was known
//! on each of them; how old that may be is `$fx_rate_days_warn`, `$fx_rate_days_max`, `$close_days_warn`,
//! `$close_days_max`, `$risk_free_days_warn` and `$risk_free_days_max`. Only a reversal counts on the day of what it
//! takes back, whatever its own, as it does in the books.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::Days;
use lake::{DateRange, Lake, Parameter, RecordBatch};
use schemas::table::{Record, TableDefinition};
use schemas::tables::exceptions::Exception;
use schemas::tables::{
    action_payments, attribution, cash_flows, corporate_actions, daily_returns, group_returns, instruments, measures,
    nav_bridge, portfolio_values, portfolios, position_returns, positions, quotes, risk, risk_contributions,
    risk_free_rates, transactions, valuations,
};
use schemas::{BusinessDate, PortfolioId, Severity};

use crate::error::Error;
use crate::{AgeLimits, StageReport, Work, books};

/// A consistency check.
#[derive(Clone, Copy)]
pub struct Check {
    /// The name, that of its file.
    pub name: &'static str,
    /// What follows if it finds something.
    pub severity: Severity,
    /// Whether it can run before the books are kept, on silver alone.
    pub layer: Layer,
    /// The tables it reads. The second part says whether the whole history up to the last date is needed.
    reads: &'static [(&'static TableDefinition, History)],
    sql: &'static str,
}

/// Which tables a check looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layer {
    /// Silver only: runs before the books are kept, and again after.
    Silver,
    /// Gold: runs after the figures are made.
    Gold,
}

/// How much of a table a check needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum History {
    /// The dates of the work.
    Range,
    /// The dates of the work, and those of a year before.
    Year,
    /// Every date up to the last one of the work.
    Whole,
    /// Every date, later ones, too.
    WithLater,
}

macro_rules! check {
    ($name:literal, $severity:ident, $layer:ident, [$($table:ident $history:ident),+]) => {
        Check {
            name: $name,
            severity: Severity::$severity,
            layer: Layer::$layer,
            reads: &[$((&$table::TABLE, History::$history)),+],
            sql: include_str!(concat!("../checks/", $name, ".sql")),
        }
    };
}

/// The check that finds portfolios whose books cannot be kept.
const NOT_VALUED: &str = "not_valued";

/// Every check, worst first.
pub const CHECKS: &[Check] = &[
    check!("unknown_instruments", Block, Silver, [transactions Whole, instruments Whole]),
    check!("not_valued", Block, Gold, [portfolios Whole, quotes Range, portfolio_values Range]),
    check!("missing_prices", Block, Gold, [valuations Range]),
    check!("missing_fx_rates", Block, Gold, [portfolios Whole, valuations Range]),
    check!("outdated_prices", Block, Gold, [valuations Range]),
    check!("missing_flow_values", Block, Gold, [cash_flows Range]),
    check!("cash_reconciles", Block, Gold, [transactions WithLater, action_payments Whole, positions Range]),
    check!("values_foot", Block, Gold, [portfolio_values Range, valuations Range]),
    check!("nav_bridge_foots", Block, Gold, [nav_bridge Range, daily_returns Range]),
    check!("returns_foot", Block, Gold, [daily_returns Range]),
    check!("returns_chain", Block, Gold, [daily_returns Whole, measures Range]),
    check!("contributions_foot", Block, Gold, [position_returns Range, daily_returns Range]),
    check!("risk_contributions_foot", Block, Gold, [risk Range, risk_contributions Range]),
    check!("group_returns_foot", Warn, Gold, [group_returns Range, daily_returns Range]),
    check!("nav_bridge_unknown", Warn, Gold, [nav_bridge Range]),
    check!("carried_prices", Warn, Gold, [valuations Range]),
    check!("last_trade_prices", Warn, Gold, [valuations Range]),
    check!("stale_fx_rates", Warn, Gold, [valuations Range]),
    check!("short_positions", Warn, Gold, [valuations Range]),
    check!("overdrawn_cash", Warn, Gold, [valuations Range]),
    check!("extreme_returns", Warn, Gold, [daily_returns Year, portfolios Whole]),
    check!("missing_dividends", Warn, Gold, [
        corporate_actions Whole, positions Whole, transactions WithLater, portfolio_values Range
    ]),
    check!("unmatched_internal_transfers", Warn, Gold, [transactions WithLater, cash_flows Range]),
    check!("missing_benchmarks", Warn, Gold, [portfolios Whole, instruments Whole, portfolio_values Range]),
    check!("benchmark_not_total_return", Warn, Gold, [portfolios Whole, instruments Whole, portfolio_values Range]),
    check!("attribution_benchmark_differs", Warn, Gold, [attribution Range, portfolio_values Year]),
    check!("missing_risk_free_rates", Warn, Gold, [portfolios Whole, risk_free_rates Whole, portfolio_values Range]),
];

/// Runs the checks of silver, or all of them, and replaces the exceptions of the dates of the work.
///
/// # Errors
/// [`Error::Lake`] if a check cannot be run; a check that finds something is no error.
pub async fn check(lake: &Lake, work: &Work, layer: Layer) -> Result<StageReport, Error> {
    let mut report = StageReport::default();
    let mut exceptions: Vec<Exception> = Vec::new();
    for check in CHECKS.iter().filter(|check| layer == Layer::Gold || check.layer == Layer::Silver) {
        exceptions.extend(run(lake, work, check, &mut report).await?);
    }
    say_why_not_valued(lake, work, &mut exceptions).await?;
    exceptions.sort_by(|left, right| {
        let order = |row: &Exception| (row.business_date, row.portfolio_id.clone(), row.check_name.clone());
        order(left).cmp(&order(right)).then_with(|| left.subject.cmp(&right.subject))
    });
    exceptions.dedup_by(|right, left| {
        (&left.check_name, left.business_date, &left.portfolio_id, &left.subject)
            == (&right.check_name, right.business_date, &right.portfolio_id, &right.subject)
    });
    let purpose = if layer == Layer::Silver { "gold.exceptions/silver" } else { "gold.exceptions" };
    exceptions.retain(|exception| work.covers(&exception.portfolio_id));
    let written = work.replace(lake, &exceptions, purpose).await?;
    let blocking = exceptions.iter().filter(|exception| exception.severity == Severity::Block).count();
    report.rows_written = written.rows;
    report.note = format!("{} findings, {blocking} of them blocking", exceptions.len());
    Ok(report)
}

/// Gives portfolios that could not be valued the reason: their books are kept again, as far as they can be.
async fn say_why_not_valued(lake: &Lake, work: &Work, exceptions: &mut [Exception]) -> Result<(), Error> {
    let not_valued = |row: &Exception| row.check_name == NOT_VALUED && work.covers(&row.portfolio_id);
    let portfolios: BTreeSet<PortfolioId> =
        exceptions.iter().filter(|row| not_valued(row)).map(|row| row.portfolio_id.clone()).collect();
    if portfolios.is_empty() {
        return Ok(());
    }
    let of_them = Work { portfolios: Some(Arc::new(portfolios)), ..work.clone() };
    let reasons = books::refusals(lake, &of_them).await?;
    for row in exceptions.iter_mut().filter(|row| not_valued(row)) {
        if let Some(reason) = reasons.get(row.portfolio_id.as_str()) {
            row.message.clone_from(reason);
        }
    }
    Ok(())
}

async fn run(lake: &Lake, work: &Work, check: &Check, report: &mut StageReport) -> Result<Vec<Exception>, Error> {
    let mut snapshots = Vec::with_capacity(check.reads.len());
    for (definition, history) in check.reads {
        let range = match history {
            History::Range => DateRange::between(work.from, work.to),
            History::Year => DateRange::between(a_year_before(work.from), work.to),
            History::Whole => DateRange::through(work.to),
            History::WithLater => DateRange::ALL,
        };
        let snapshot = lake.snapshot(definition).await?;
        report.read(&snapshot);
        snapshots.push(snapshot.restricted_to(range));
    }
    let context = lake.engine().session(&snapshots)?;
    let AgeLimits { fx_rate_days_warn, fx_rate_days_max, close_days_warn, close_days_max, risk_free_days_warn } =
        work.age_limits;
    let parameters = vec![
        ("from_date", Parameter::Date(work.from)),
        ("to_date", Parameter::Date(work.to)),
        ("fx_rate_days_warn", Parameter::Integer(fx_rate_days_warn.into())),
        ("fx_rate_days_max", Parameter::Integer(fx_rate_days_max.into())),
        ("close_days_warn", Parameter::Integer(close_days_warn.into())),
        ("close_days_max", Parameter::Integer(close_days_max.into())),
        ("risk_free_days_warn", Parameter::Integer(risk_free_days_warn.into())),
        ("risk_free_days_max", Parameter::Integer(ledger::RISK_FREE_DAYS_MAX)),
    ];
    let batches = lake.engine().run(&context, check.name, check.sql, parameters).await?;
    let mut exceptions = Vec::new();
    for batch in &batches {
        exceptions.extend(findings(check, batch)?);
    }
    Ok(exceptions)
}

/// The day a year before, a leap year if in doubt.
fn a_year_before(date: BusinessDate) -> BusinessDate {
    let before = date.day().checked_sub_days(Days::new(366));
    before.and_then(|day| BusinessDate::new(day).ok()).unwrap_or(BusinessDate::FIRST)
}

/// The rows of a check as exceptions.
fn findings(check: &Check, batch: &RecordBatch) -> Result<Vec<Exception>, Error> {
    let finding = lake::Error::from;
    let table = Exception::TABLE.name;
    let batch =
        lake::read::with_columns(batch, Exception::TABLE, &["business_date", "portfolio_id", "subject", "message"])?;
    let dates = schemas::table::typed_column::<BusinessDate>(table, "business_date", &batch).map_err(finding)?;
    let portfolios = schemas::table::typed_column::<PortfolioId>(table, "portfolio_id", &batch).map_err(finding)?;
    let subjects = schemas::table::typed_column::<String>(table, "subject", &batch).map_err(finding)?;
    let messages = schemas::table::typed_column::<String>(table, "message", &batch).map_err(finding)?;
    let mut exceptions = Vec::with_capacity(batch.num_rows());
    for row in 0..batch.num_rows() {
        exceptions.push(Exception {
            check_name: check.name.to_owned(),
            business_date: schemas::table::cell(table, "business_date", &dates, row).map_err(finding)?,
            severity: check.severity,
            portfolio_id: schemas::table::cell(table, "portfolio_id", &portfolios, row).map_err(finding)?,
            subject: schemas::table::cell(table, "subject", &subjects, row).map_err(finding)?,
            message: schemas::table::cell(table, "message", &messages, row).map_err(finding)?,
        });
    }
    Ok(exceptions)
}

#[cfg(test)]
mod tests {
    use ledger::corporate_actions::{BookedBy, KINDS};

    use super::*;

    #[test]
    fn names_are_unique_and_every_file_is_in_the_list() {
        let listed: BTreeSet<String> = CHECKS.iter().map(|check| format!("{}.sql", check.name)).collect();
        assert_eq!(listed.len(), CHECKS.len());
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/checks");
        let files = std::fs::read_dir(folder).expect("the folder is there");
        let on_disk: BTreeSet<String> =
            files.map(|file| file.expect("readable").file_name().to_string_lossy().into_owned()).collect();
        assert_eq!(on_disk, listed);
    }

    #[test]
    fn every_announcement_whose_cash_a_broker_books_is_waited_for() {
        let check = CHECKS.iter().find(|check| check.name == "missing_dividends").expect("listed");
        for kind in KINDS.iter().filter(|kind| kind.cash == BookedBy::Broker) {
            for booked in kind.booked_as {
                let pair = format!("('{}', '{booked}')", kind.code);
                assert!(check.sql.contains(&pair), "{pair}");
            }
        }
    }
}
