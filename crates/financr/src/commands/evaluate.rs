//! `financr evaluate`: every figure of a folder of books, through the real pipeline, in a place of its own.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Args;
use jobs::catalog::job;
use jobs::{AgeLimits, Context, Request, run};
use rust_decimal::prelude::ToPrimitive;
use schemas::tables::portfolios::Portfolio;
use schemas::{Amount, BusinessDate, MeasureValue};
use serde_json::{Map, Value, json};
use store::StoreKind;

use super::Session;
use super::import::summary;
use crate::config::Config;
use crate::ending::{Ending, Usage};
use crate::refused_rows::by_fault;
use crate::{config, house};

/// Replay books over their whole history in a temporary store and write every figure. As in the programs that figures
/// are compared with, the last close and the last rate count, however old
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// A book folder, or a folder of them
    folder: PathBuf,
    /// The file to write
    #[arg(long, default_value = "results.json")]
    out: PathBuf,
    /// A folder of folders with a `prices.csv` (a date and a price per name), to find weights for
    #[arg(long)]
    prices: Option<PathBuf>,
}

/// The stages of one rebuild, in order. Nothing is published and nothing is mailed.
const STAGES: [&str; 4] = ["conform", "book", "rollup", "check"];

pub(super) async fn execute(session: &Session, arguments: &Arguments) -> anyhow::Result<Ending> {
    let place = tempfile::tempdir().context("cannot make a temporary folder")?;
    // What is compared with other programs follows their convention: the last rate and close, however old.
    let ages = AgeLimits::UNLIMITED;
    let config = Config { ages, ..config::parse(&config::within(place.path(), StoreKind::Live))? };
    let context = house::open(&config, session.display.watcher()).await?;
    session.display.begin("import");
    let imported = jobs::import::import(&context, &arguments.folder).await?;
    session.display.end(&summary(&imported));
    let portfolios = context.store.portfolios().await?;
    let Some(from) = portfolios.iter().map(|portfolio| portfolio.start_date).min() else {
        return Err(Usage(format!("{} holds no book that can be read", arguments.folder.display())).into());
    };
    // Quotes are only known once they are conformed; the range is extended to the last of them for open portfolios.
    run(&context, job("conform")?, Request { from, to: from }).await?;
    let to = last_date(&context, &portfolios, from).await?;
    for stage in STAGES {
        run(&context, job(stage)?, Request { from, to }).await?;
    }
    let broken = jobs::not_valued(&context, from, to).await?;
    let mut results = Map::new();
    for portfolio in portfolios.iter().filter(|portfolio| !broken.contains_key(&portfolio.portfolio_id)) {
        results.insert(portfolio.portfolio_id.to_string(), figures(&context, portfolio, to).await?);
    }
    let results_count = results.len();
    let mut written = json!({ "portfolios": results });
    if let (Some(folder), Some(all)) = (&arguments.prices, written.as_object_mut()) {
        all.insert("optimisers".to_owned(), Value::Object(weights(folder)?));
    }
    let text = serde_json::to_string_pretty(&written)?;
    std::fs::write(&arguments.out, text).with_context(|| format!("cannot write {}", arguments.out.display()))?;
    session.say(&format!("{results_count} portfolios, {}", arguments.out.display()))?;
    for (portfolio, reason) in &broken {
        session.say(&format!("{portfolio} has no figures: {reason}"))?;
    }
    for failure in &imported.failures {
        session.say(&format!("{}: {}", failure.0.display(), failure.1))?;
    }
    for refused in by_fault(&imported) {
        session.say(&refused.sentence())?;
    }
    Ok(if imported.is_partial() || !broken.is_empty() { Ending::Partial } else { Ending::Done })
}

/// The weights that each method finds for each table of prices, by the name of its folder.
fn weights(folder: &Path) -> anyhow::Result<Map<String, Value>> {
    let mut found = Map::new();
    let entries = std::fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    for entry in entries {
        let path = entry.with_context(|| format!("cannot read {}", folder.display()))?.path();
        let table = path.join("prices.csv");
        let Ok(text) = std::fs::read_to_string(&table) else { continue };
        let refused = |problem: String| Usage(format!("{}: {problem}", table.display()));
        let of_cases = jobs::weights_of_prices(&text).map_err(refused)?;
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        found.insert(name, json!(of_cases));
    }
    Ok(found)
}

/// The last day of all lives: that of the last portfolio to end, or of the last quote if one has no end.
async fn last_date(context: &Context, portfolios: &[Portfolio], from: BusinessDate) -> anyhow::Result<BusinessDate> {
    let last_end = portfolios.iter().filter_map(|portfolio| portfolio.end_date).max().unwrap_or(from);
    if portfolios.iter().all(|portfolio| portfolio.end_date.is_some()) {
        return Ok(last_end);
    }
    let quoted = jobs::days_with_quotes(context, from, "2199-12-31".parse()?).await?;
    Ok(quoted.last().copied().unwrap_or(from).max(last_end))
}

/// The figures of one portfolio at its end, in the layout that comparing programs read.
async fn figures(context: &Context, portfolio: &Portfolio, to: BusinessDate) -> anyhow::Result<Value> {
    let lake = &context.lake;
    let id = &portfolio.portfolio_id;
    let values = lake::read::portfolio_values(lake, id, portfolio.start_date, to).await?;
    let returns = lake::read::daily_returns(lake, id, portfolio.start_date, to).await?;
    let fractions: BTreeMap<BusinessDate, Option<f64>> =
        returns.iter().map(|row| (row.business_date, row.return_fraction)).collect();
    let number = |amount: Option<Amount>| amount.and_then(|amount| amount.decimal().to_f64());
    let daily: Vec<Value> = values
        .iter()
        .map(|row| {
            let fraction = fractions.get(&row.business_date).copied().flatten();
            json!([row.business_date.to_string(), number(row.market_value), fraction])
        })
        .collect();
    let mut metrics = Map::new();
    let mut dates = Map::new();
    for (measure, value) in jobs::whole_life(context, portfolio, &returns).await? {
        match measure.strip_prefix("max_drawdown_").and_then(|rest| rest.strip_suffix("_date")) {
            Some(moment) => dates.insert(moment.to_owned(), figure(&value)),
            // Rates that cannot be told apart: that is neither a figure nor its absence, so nothing is said.
            None if is_ambiguous(&value) => None,
            None => metrics.insert(measure.to_owned(), figure(&value)),
        };
    }
    let gains = lake::read::realised_gains(lake, id, portfolio.start_date, to).await?;
    let sold = gains.iter().filter(|row| ["SELL", "WRITE_OFF"].contains(&row.kind.as_str()));
    let realised: Vec<Value> = sold.map(|row| json!(number(row.gain))).collect();
    Ok(json!({ "metrics": metrics, "drawdown_dates": dates, "daily": daily, "realised_fifo": realised }))
}

/// A figure as comparing programs read it: null where there is none.
fn figure(value: &MeasureValue) -> Value {
    match value {
        MeasureValue::Number(number) => json!(number),
        MeasureValue::Amount(amount) => json!(amount.to_f64()),
        MeasureValue::Date(day) => json!(day.to_string()),
        MeasureValue::Unavailable(_) => Value::Null,
    }
}

fn is_ambiguous(value: &MeasureValue) -> bool {
    matches!(value, MeasureValue::Unavailable(reason) if reason.starts_with("ambiguous"))
}
