//! `financr report`: the documents that were published, and whether a file is one of them.

mod copy;
mod render;
mod retention;
mod shown;
mod verify;

use std::path::PathBuf;

use clap::{Args, Subcommand};
use schemas::{BusinessDate, CalendarPeriod, GroupId, PortfolioId, Subject};

use super::Session;
use crate::ending::Ending;
use crate::house;

/// Look at published documents: list them, show one, or prove that a file is one of them
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    #[command(subcommand)]
    action: Action,
}

const EXAMPLES: &str = "\
Examples:
  financr report verify statement-D01-2014-12-31.pdf
  financr report list --portfolio D01 --period 2014-Q4
  financr report list --group growth
  financr report render D01 --date 2014-12-31
  financr report retention --as-of 2030-01-01
  financr report show portfolio_statement-D01-2014-12-31-v1
  financr report show portfolio_statement-D01-2014-12-31-v1 --encrypt --password-file secret.txt --output mine.pdf";

#[derive(Debug, Subcommand)]
enum Action {
    /// Prove that a PDF, CSV or JSON file is a document that this house published, byte for byte
    Verify {
        /// The file
        file: PathBuf,
    },
    /// Render a published statement again from the tables that it was made from, and say whether the bytes are the same
    Render {
        /// The portfolio, the household or the composite; `firm` for documents about the firm
        portfolio: PortfolioId,
        /// The last day of the statement's period
        #[arg(long)]
        date: BusinessDate,
        /// Only a statement of this kind, e.g. portfolio_statement
        #[arg(long)]
        kind: Option<String>,
    },
    /// List what is past its period of retention, and remove it on command
    Retention(retention::Asked),
    /// List what was published
    List(Listed),
    /// Show one published statement: its files, who got it, and its other versions; or write a copy of it that only a
    /// password opens
    Show {
        /// The statement, e.g. portfolio_statement-D01-2014-12-31-v1
        statement: String,
        #[command(flatten)]
        copy: copy::Asked,
    },
}

/// Which statements are listed.
#[derive(Debug, Args)]
struct Listed {
    /// Only those of this portfolio
    #[arg(long, value_name = "ID", conflicts_with = "group")]
    portfolio: Option<PortfolioId>,
    /// Only those about this household or composite
    #[arg(long, value_name = "ID")]
    group: Option<GroupId>,
    /// Only those of this kind, e.g. portfolio_statement
    #[arg(long)]
    kind: Option<String>,
    /// Only those that end in this month, quarter or year, e.g. 2017-06, 2017-Q2 or 2017
    #[arg(long)]
    period: Option<CalendarPeriod>,
    /// How many are listed, the latest period first
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..=1000))]
    limit: u32,
}

impl Listed {
    /// What the statements are about; anything if nothing is named.
    fn subject(&self) -> Option<Subject> {
        let group = self.group.clone().map(Subject::Group);
        self.portfolio.clone().map(Subject::Portfolio).or(group)
    }
}

pub(super) async fn execute(session: &Session, arguments: &Arguments) -> anyhow::Result<Ending> {
    let config = session.config()?;
    let context = house::open(&config, session.display.watcher()).await?;
    match &arguments.action {
        Action::Verify { file } => verify::execute(session, &context, file).await,
        Action::Render { portfolio, date, kind } => {
            render::execute(session, &context, portfolio, *date, kind.as_deref()).await
        }
        Action::Retention(asked) => retention::execute(session, &context, config.retention.rule(), asked).await,
        Action::List(listed) => shown::list(session, &context, listed).await,
        Action::Show { statement, copy } if copy.encrypt => copy::execute(session, &context, statement, copy).await,
        Action::Show { statement, .. } => shown::show(session, &context, statement).await,
    }
}

/// An instant to the second, as people read it.
fn at(instant: chrono::DateTime<chrono::Utc>) -> String {
    instant.format("%Y-%m-%d %H:%M:%SZ").to_string()
}
