//! gold.factor_regressions and gold.factor_exposures, made beside the measures, of the same histories.
//!
//! Loadings move slowly, and factors are published weeks after the days that they are of. So they are made once a
//! month, on the first valuation date of a portfolio in it, of the returns up to the end of the month before the last
//! one: factors of that time are known by then, and one that comes later is a late fact (docs/adr/0020).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use analytics::factor_days::FactorSeries;
use chrono::Months;
use lake::{DateRange, Lake, RecordBatch};
use schemas::table::Record;
use schemas::tables::factor_exposures::FactorExposureRow;
use schemas::tables::factor_regressions::FactorRegressionRow;
use schemas::tables::factor_returns::FactorReturn;
use schemas::tables::portfolios::Portfolio;
use schemas::{BusinessDate, MarketId, PortfolioId, ReportingPeriod};

use super::DAYS_AT_ONCE;
use super::gather::Gathering;
use super::history::History;
use crate::error::Error;
use crate::factors::{Explained, FactorSet, explained_by, sets_of};
use crate::history::{month_start, next_month};
use crate::parquet_books::cores::on_all_cores;
use crate::{StageReport, Work};

/// Histories that one core explains at a time.
const HISTORIES_AT_ONCE: usize = 256;
/// What is explained: a year, or a life that is shorter.
const PERIOD: ReportingPeriod = ReportingPeriod::OneYear;

/// The factors of markets that count in each month of a work.
pub(super) struct MarketFactors(BTreeMap<(MarketId, BusinessDate), Vec<FactorSet>>);

impl MarketFactors {
    /// Reads the factors of the markets of some portfolios.
    pub(super) async fn read(
        lake: &Lake,
        work: &Work,
        portfolios: &[Portfolio],
        report: &mut StageReport,
    ) -> Result<MarketFactors, Error> {
        let snapshot = lake.snapshot(FactorReturn::TABLE).await?;
        report.read(&snapshot);
        let sources: BTreeSet<String> = portfolios.iter().map(|row| row.market_id.to_string()).collect();
        let range = DateRange::through(through_date(work.to));
        let mut of_markets: BTreeMap<MarketId, Vec<FactorReturn>> = BTreeMap::new();
        for row in
            lake::read::rows_named::<FactorReturn>(&snapshot, lake, range, &[("factor_source", &sources)]).await?
        {
            of_markets.entry(row.factor_source.clone()).or_default().push(row);
        }
        let mut factors = BTreeMap::new();
        for (market, rows) in of_markets {
            let mut sets = sets_of(rows);
            // By name: where a factor stands in the file is no fact that a later file would keep.
            sets.iter_mut().for_each(|(_, factors)| factors.sort_by(|one, other| one.id.cmp(&other.id)));
            let mut month = month_start(work.from);
            while month <= work.to {
                factors.insert((market.clone(), month), until(&sets, through_date(month)));
                let next = next_month(month);
                if next <= month {
                    break;
                }
                month = next;
            }
        }
        Ok(MarketFactors(factors))
    }

    /// Adds the rows of a portfolio for the months whose first valuation date is a date or a later one.
    pub(super) fn explain(&self, history: &History, from: BusinessDate, rows: &mut FactorRows) {
        let Some(portfolio) = &history.owner.portfolio else { return };
        let mut before: Option<BusinessDate> = None;
        for date in history.days.iter().map(|day| day.date) {
            let month = month_start(date);
            let is_first = before.replace(month) != Some(month);
            let sets = self.0.get(&(portfolio.market_id.clone(), month)).filter(|_| is_first && from <= date);
            for (set, factors) in sets.into_iter().flatten() {
                rows.push(&portfolio.portfolio_id, date, set, &of_portfolio(history, set, factors, date));
            }
        }
    }
}

/// Makes again what factors explain, and nothing else, of the portfolios and dates of a work: other factors have come.
pub(crate) async fn explain_again(lake: &Lake, work: &Work) -> Result<StageReport, Error> {
    let mut report = StageReport::default();
    let gathering = Gathering::over(lake, work, &mut report).await?;
    let factors = Arc::new(MarketFactors::read(lake, work, gathering.portfolios(), &mut report).await?);
    let (mut regressions, mut exposures) = (Vec::new(), Vec::new());
    for portfolios in gathering.shares(DAYS_AT_ONCE) {
        let histories = gathering.histories(portfolios).await?;
        let (from, factors) = (work.from, Arc::clone(&factors));
        let explaining = tokio::task::spawn_blocking(move || {
            let shares: Vec<&[History]> = histories.chunks(HISTORIES_AT_ONCE).collect();
            on_all_cores(shares.len(), |number| {
                let mut rows = FactorRows::default();
                for history in shares.get(number).copied().unwrap_or_default() {
                    factors.explain(history, from, &mut rows);
                }
                rows.finish()
            })
        });
        for [of_sets, of_factors] in explaining.await.map_err(|_| Error::Worker)?? {
            regressions.push(of_sets);
            exposures.push(of_factors);
        }
    }
    for (table, batches) in [(FactorRegressionRow::TABLE, regressions), (FactorExposureRow::TABLE, exposures)] {
        // The same days may have been made as a whole by the same run, of other portfolios.
        let purpose = format!("{}/factors", table.name);
        report.rows_written += work.replace_batches(lake, table, &batches, &purpose).await?.rows;
    }
    Ok(report)
}

/// The last day of which returns count in the month of a date: that of the month before the last one.
fn through_date(date: BusinessDate) -> BusinessDate {
    let last_month = month_start(date).day().checked_sub_months(Months::new(1));
    let last_month = last_month.and_then(|day| BusinessDate::new(day).ok());
    last_month.map_or(BusinessDate::FIRST, BusinessDate::previous_calendar_day)
}

/// The factors of which anything is known up to a day, with their returns of the year before it.
fn until(sets: &[FactorSet], through: BusinessDate) -> Vec<FactorSet> {
    let opening = PERIOD.opening_date(through).and_then(|day| BusinessDate::new(day).ok());
    let of_year = |factor: &FactorSeries| {
        let end = factor.returns.partition_point(|entry| entry.date <= through);
        let start = factor.returns.partition_point(|entry| opening.is_some_and(|opening| entry.date <= opening));
        let returns = factor.returns.get(start.min(end)..end).unwrap_or_default().to_vec();
        (0 < end).then(|| FactorSeries { id: factor.id.clone(), returns })
    };
    let known = sets.iter().map(|(set, factors)| (set.clone(), factors.iter().filter_map(of_year).collect()));
    known.filter(|(_, factors): &FactorSet| !factors.is_empty()).collect()
}

/// The period and its last day, and what the factors of a set explain.
type OfPeriod = (ReportingPeriod, BusinessDate, Result<Explained, String>);

fn of_portfolio(history: &History, set: &str, factors: &[FactorSeries], date: BusinessDate) -> OfPeriod {
    let through = through_date(date);
    let opening = PERIOD.opening_date(through).and_then(|day| BusinessDate::new(day).ok());
    let is_old = opening.is_some_and(|opening| history.owner.start_date <= opening);
    let period = if is_old { PERIOD } else { ReportingPeriod::SinceInception };
    let last = history.days.partition_point(|day| day.date <= through).checked_sub(1);
    let series = match last {
        Some(last) => history.series_of_returns(last, through, period),
        None => Err(format!("no day up to {through} was valued")),
    };
    (period, through, series.and_then(|series| explained_by(set, factors, &series)))
}

/// The rows under construction.
#[derive(Default)]
pub(super) struct FactorRows {
    regressions: Vec<FactorRegressionRow>,
    exposures: Vec<FactorExposureRow>,
}

impl FactorRows {
    fn push(&mut self, id: &PortfolioId, date: BusinessDate, set: &str, (period, through, explained): &OfPeriod) {
        let known = explained.as_ref().ok();
        let found = known.map(|known| &known.found);
        let alpha = found.map(|found| found.alpha);
        let count = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        self.regressions.push(FactorRegressionRow {
            portfolio_id: id.clone(),
            business_date: date,
            factor_set: set.to_owned(),
            period: period.code().to_owned(),
            through_date: *through,
            opening_date: known.map(|known| known.opening_date),
            observation_count: found.map(|found| count(found.observations)),
            left_out_count: known.map(|known| count(known.left_out.len())),
            lag_count: found.map(|found| count(found.lags)),
            is_above_risk_free: known.map(|known| known.is_above_risk_free),
            alpha: alpha.map(|alpha| alpha.value),
            alpha_standard_error: alpha.map(|alpha| alpha.standard_error),
            alpha_t_statistic: alpha.and_then(|alpha| alpha.t_statistic),
            alpha_probability: alpha.and_then(|alpha| alpha.p_value),
            r_squared: found.map(|found| found.r_squared),
            adjusted_r_squared: found.map(|found| found.adjusted_r_squared),
            residual_deviation: found.map(|found| found.residual_deviation),
            variance: found.map(|found| found.variance),
            specific_variance: found.map(|found| found.specific_variance),
            unavailable_reason: explained.as_ref().err().cloned(),
        });
        for loading in found.into_iter().flat_map(|found| &found.loadings) {
            self.exposures.push(FactorExposureRow {
                portfolio_id: id.clone(),
                business_date: date,
                factor_set: set.to_owned(),
                factor: loading.id.clone(),
                loading: loading.coefficient.value,
                standard_error: loading.coefficient.standard_error,
                t_statistic: loading.coefficient.t_statistic,
                probability: loading.coefficient.p_value,
                variance_part: loading.variance,
            });
        }
    }

    /// The rows of both tables, in the order in which they came.
    pub(super) fn finish(self) -> Result<[RecordBatch; 2], Error> {
        let regressions = FactorRegressionRow::to_batch(&self.regressions).map_err(lake::Error::from)?;
        Ok([regressions, FactorExposureRow::to_batch(&self.exposures).map_err(lake::Error::from)?])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn returns_count_up_to_the_end_of_the_month_before_the_last_one() {
        let date = |text: &str| text.parse::<BusinessDate>().expect("a date");
        for (first, through) in
            [("2014-03-03", "2014-01-31"), ("2014-01-02", "2013-11-30"), ("2016-04-01", "2016-02-29")]
        {
            assert_eq!(through_date(date(first)), date(through));
        }
    }
}
