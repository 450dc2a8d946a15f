//! `financr demo`: everything at once, on a market that is made up and says so.

use std::path::PathBuf;
use std::time::Instant;

use anyhow::Context as _;
use clap::Args;
use jobs::catalog::job;
use jobs::{Outcome, Request, run};
use store::StoreKind;

use super::Session;
use super::import::summary;
use super::run::steps_listing;
use crate::demo_market::{DemoPlan, write_demo};
use crate::ending::Ending;
use crate::listing::{Format, Listing};
use crate::{config, house};

/// Make up a market and 200 client portfolios over three years, and run a rebuild, statements and mails on them
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Where everything is put: input, store, lake and mails
    #[arg(long, default_value = "financr-demo")]
    folder: PathBuf,
    /// How many portfolios are made up
    #[arg(long, default_value_t = DemoPlan::default().portfolios)]
    portfolios: usize,
    /// The same seed makes the same market
    #[arg(long, default_value_t = DemoPlan::default().seed)]
    seed: u64,
}

pub(super) async fn execute(session: &Session, arguments: &Arguments) -> anyhow::Result<Ending> {
    let start = Instant::now();
    let folder = &arguments.folder;
    let input = folder.join("input");
    std::fs::create_dir_all(&input).with_context(|| format!("cannot make {}", input.display()))?;
    let plan = DemoPlan { seed: arguments.seed, portfolios: arguments.portfolios, ..DemoPlan::default() };
    session.say("Everything below is made up: market, clients and portfolios are SYNTHETIC.")?;
    session.display.begin("making up a market");
    let display = session.display.clone();
    let made = write_demo(&input, &plan, &mut |progress| {
        display.advance(progress.portfolios_done, progress.portfolios_total);
    })?;
    session.display.end(&format!("made up {} instruments, {} quotes", made.instruments, made.quotes));
    let text = config::within(folder, StoreKind::Demo);
    let config_file = folder.join("financr.toml");
    std::fs::write(&config_file, &text).with_context(|| format!("cannot write {}", config_file.display()))?;
    let config = config::parse(&text)?;
    let context = house::open(&config, session.display.watcher()).await?;
    session.display.begin("import");
    let imported = jobs::import::import(&context, &input).await?;
    session.display.end(&summary(&imported));
    let outcome = run(&context, job("nightly")?, Request { from: plan.start, to: plan.end }).await?;
    let done_now = matches!(outcome, Outcome::Done { .. });
    let (run_id, steps) = match &outcome {
        Outcome::Done { run, steps } => (&run.id, steps.clone()),
        Outcome::NothingToDo { run } => {
            session.say(&format!("run {} has done this before; showing what it did", run.id))?;
            (&run.id, context.store.steps(&run.id).await?)
        }
    };
    if session.format == Format::Table {
        session.write(&steps_listing(&steps))?;
    }
    let rows: i64 = steps.iter().map(|step| step.rows_written).sum();
    let ms: i64 = steps.iter().map(|step| step.duration_ms).sum::<i64>().max(1);
    let deliveries = context.store.delivery_counts().await?;
    let statements = context.store.statements_of_run(run_id).await?;
    let blocked = lake::read::statement(
        &context.lake,
        "SELECT severity, count(*) AS findings FROM gold.exceptions GROUP BY severity ORDER BY severity",
    )
    .await?;
    let mut listing = Listing::new(&["what", "how many"]);
    listing.push(["portfolios valued".into(), made.portfolios.into()]);
    listing.push(["transactions booked".into(), made.transactions.into()]);
    for row in blocked.rows {
        let [severity, findings] = &row[..] else { continue };
        listing.push([format!("check findings: {}", severity.as_str().unwrap_or("?")).into(), findings.clone()]);
    }
    listing.push(["statements written".into(), statements.len().into()]);
    listing.push(["documents delivered by mail".into(), deliveries.delivered.into()]);
    listing.push(["rows written".into(), rows.into()]);
    listing.push(["rows a second".into(), (rows.saturating_mul(1000) / ms).into()]);
    if done_now {
        listing.push(["seconds in all".into(), start.elapsed().as_secs().into()]);
    }
    session.write(&listing)?;
    let place = folder.display();
    session.say(&format!(
        "Where to look next:\n  {place}/mail/                     the mails, each with PDF statements\n  \
         {place}/lake/statements/          the statements as PDF, CSV, JSON and HTML\n  \
         {place}/input/                    the made-up book folders\n  \
         financr --config {place}/financr.toml show DEMO-001"
    ))?;
    Ok(Ending::Done)
}
