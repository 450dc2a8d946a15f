//! Why a figure is what it is: the question of a person, at the versions of the tables that a run had read if it names
//! one.

use std::collections::BTreeMap;

use pipelines::why::node::Node;
use pipelines::why::{Question, Versions, explain};
use schemas::{BusinessDate, PortfolioId, ReportingPeriod, RunId};

use crate::context::Context;
use crate::error::Error;

pub use pipelines::why::known_figures;

/// What a person asks.
#[derive(Clone, Debug, PartialEq)]
pub struct Why {
    /// The portfolio.
    pub portfolio_id: PortfolioId,
    /// The figure; [`known_figures`] lists them.
    pub figure: String,
    /// The date; none for the last one on which the portfolio was valued.
    pub date: Option<BusinessDate>,
    /// The symbol, or the currency of cash, for figures of one position.
    pub instrument: Option<String>,
    /// The period, for measures and gains.
    pub period: ReportingPeriod,
    /// Parts of a sum that are shown one by one.
    pub parts_max: usize,
    /// The run whose figures are meant; none for the newest ones.
    pub as_of_run: Option<RunId>,
}

/// The tree of what a figure follows from. Reads only.
///
/// # Errors
/// [`Error::NoSuchRun`] if the run is not on record, [`Error::Pipelines`] if the question has no answer.
pub async fn why(context: &Context, asked: Why) -> Result<Node, Error> {
    let versions = match &asked.as_of_run {
        None => Versions::Newest,
        Some(run_id) => versions_of(context, run_id).await?,
    };
    let Why { portfolio_id, figure, date, instrument, period, parts_max, .. } = asked;
    let age_limits = context.settings.age_limits;
    let question = Question { portfolio_id, figure, date, instrument, period, parts_max, versions, age_limits };
    Ok(explain(&context.lake, question).await?)
}

/// The version of every table that a run read. Of a table that several of its steps read, the last: between them the
/// run itself had written it.
async fn versions_of(context: &Context, run_id: &RunId) -> Result<Versions, Error> {
    let Some(run) = context.store.run(run_id).await? else {
        return Err(Error::NoSuchRun { run_id: run_id.clone() });
    };
    let mut versions: BTreeMap<String, u64> = BTreeMap::new();
    for step in context.store.steps(run_id).await? {
        for (table, version) in step.table_versions_read.as_object().into_iter().flatten() {
            if let Some(version) = version.as_u64() {
                let last = versions.entry(table.clone()).or_insert(version);
                *last = version.max(*last);
            }
        }
    }
    Ok(Versions::OfRun { run_id: run_id.clone(), to_date: run.to_date, versions })
}
