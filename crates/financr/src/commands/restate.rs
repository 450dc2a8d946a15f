//! `financr restate`: published statements that would differ today, and their reissue.

use clap::Args;
use jobs::restatement::{Restated, Review, ReviewReport, Which, restate, review};
use schemas::{BusinessDate, PortfolioId};
use serde_json::Value;

use super::Session;
use crate::ending::{Ending, Usage};
use crate::house;
use crate::listing::{Format, Listing};

/// List published statements whose figures would differ today, or reissue one of them as its next version
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// List the statements that would differ, figure by figure, and publish nothing
    #[arg(long, conflicts_with_all = ["statement", "period_end", "reason"])]
    dry_run: bool,
    /// The portfolio; with --dry-run only its statements are looked at
    #[arg(long)]
    portfolio: Option<PortfolioId>,
    /// The last day of the period whose statement is reissued
    #[arg(long, value_name = "DATE", requires = "portfolio", conflicts_with = "statement")]
    period_end: Option<BusinessDate>,
    /// The statement to reissue, by its id
    #[arg(long, value_name = "ID", conflicts_with = "portfolio")]
    statement: Option<String>,
    /// Why it is reissued, in a sentence that is printed on the new version
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
}

const EXAMPLES: &str = "\
Nothing is ever overwritten: what is reissued is the next version, with a note of what it replaces and which figures
differ, and it is mailed like any statement. Nothing is reissued by itself.

Examples:
  financr restate --dry-run                                      every statement that would differ today
  financr restate --dry-run --portfolio D01 --format csv         of one portfolio, one row per figure
  financr restate --portfolio D01 --period-end 2014-12-31 --reason \"a fee was booked late\"
  financr restate --statement portfolio_statement-D01-2014-12-31-v1";

/// Figures of one statement that are shown on a terminal.
const FIGURES_SHOWN: usize = 12;

pub(super) async fn execute(session: &Session, arguments: &Arguments) -> anyhow::Result<Ending> {
    let which = match (&arguments.statement, &arguments.portfolio, arguments.period_end) {
        _ if arguments.dry_run => None,
        (Some(id), ..) => Some(Which::Id(id.clone())),
        (None, Some(id), Some(period_end)) => Some(Which::Period { portfolio_id: id.clone(), period_end }),
        _ => {
            let usage = "say which statement: --portfolio ID --period-end DATE, or --statement ID; \
                         --dry-run lists those that would differ";
            return Err(Usage(usage.to_owned()).into());
        }
    };
    let config = session.config()?;
    let context = house::open(&config, session.display.watcher()).await?;
    match which {
        None => {
            session.display.begin("holding statements against today's figures");
            let report = review(&context, arguments.portfolio.as_ref()).await?;
            session.display.end(&summary(&report));
            write_review(session, &report)?;
            Ok(Ending::Done)
        }
        Some(which) => {
            let restated = restate(&context, &which, arguments.reason.as_deref()).await?;
            write_restated(session, &restated)?;
            Ok(Ending::Done)
        }
    }
}

fn summary(report: &ReviewReport) -> String {
    format!("{} statements looked at, {} would differ today", report.reviewed, report.differing.len())
}

fn columns() -> Listing {
    Listing::new(&["statement", "portfolio", "period start", "period end", "section", "figure", "before", "after"])
}

fn rows(review: &Review, shown: usize, listing: &mut Listing) {
    let statement = &review.statement;
    let mut row = |section: &str, figure: String, before: Option<String>, after: Option<String>| {
        listing.push([
            statement.id.clone().into(),
            statement.subject.to_string().into(),
            statement.period_start.to_string().into(),
            statement.period_end.to_string().into(),
            section.into(),
            figure.into(),
            before.map_or(Value::Null, Value::from),
            after.map_or(Value::Null, Value::from),
        ]);
    };
    if let Some(problem) = &review.problem {
        row("", "(no statement today)".to_owned(), None, Some(problem.clone()));
    }
    for change in review.changes.iter().take(shown) {
        row(&change.section, change.label.clone(), change.before.clone(), change.after.clone());
    }
    let left = review.changes.len().saturating_sub(shown) + review.more;
    if 0 < left {
        row("", format!("… and {left} more figures"), None, None);
    }
}

fn write_review(session: &Session, report: &ReviewReport) -> anyhow::Result<()> {
    let shown = if session.format == Format::Table { FIGURES_SHOWN } else { usize::MAX };
    let mut listing = columns();
    for review in &report.differing {
        rows(review, shown, &mut listing);
    }
    if !listing.rows.is_empty() || session.format != Format::Table {
        session.write(&listing)?;
    }
    session.say(&summary(report))?;
    for portfolio in &report.truncated {
        session.say(&format!("{portfolio} has more statements than are read; its oldest ones were not looked at"))?;
    }
    if 0 < report.not_valued {
        session.say(&format!(
            "{} files have landed since the last night; what they change shows here after the next one: \
             `financr run nightly --date D`",
            report.not_valued
        ))?;
    }
    if report.differing.is_empty() {
        return Ok(());
    }
    session.say("none of them is reissued by itself: `financr restate --statement ID` publishes its next version")
}

fn write_restated(session: &Session, restated: &Restated) -> anyhow::Result<()> {
    let mut listing = Listing::new(&["statement", "replaces", "section", "figure", "before", "after"]);
    match restated {
        Restated::Unchanged(statement) => {
            session.say(&format!("{} would say the same today; nothing was published", statement.id))?;
        }
        Restated::Reissued { before, statement, changes, mails } => {
            for change in changes {
                listing.push([
                    statement.id.clone().into(),
                    before.id.clone().into(),
                    change.section.clone().into(),
                    change.label.clone().into(),
                    change.before.clone().map_or(Value::Null, Value::from),
                    change.after.clone().map_or(Value::Null, Value::from),
                ]);
            }
            let announced =
                if *mails == 0 { "nobody is mailed" } else { "`financr run deliver` or the next night mails it" };
            session.say(&format!("{} replaces {}; {announced}", statement.id, before.id))?;
        }
    }
    if session.format != Format::Table {
        session.write(&listing)?;
    }
    Ok(())
}
