//! `financr export`: positions, transactions, valuations or performance of portfolios as plain files.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use jobs::handed_out::{Asked, FileForm, LAYOUTS, hand_out, layout};
use schemas::{BusinessDate, PortfolioId};

use super::Session;
use crate::ending::{Ending, Usage};
use crate::house;
use crate::listing::Listing;

/// Write positions, transactions, valuations or performance as CSV or Parquet files (docs/EXPORTS.md)
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// What is written: positions, transactions, valuations or performance
    subject: String,
    /// The portfolio; may be given more than once, each gets a file of its own
    #[arg(long, value_name = "ID", required = true)]
    portfolio: Vec<PortfolioId>,
    /// The first date
    #[arg(long, value_name = "DATE")]
    from: BusinessDate,
    /// The last date
    #[arg(long, value_name = "DATE")]
    to: BusinessDate,
    /// The format of the files
    #[arg(long = "file-format", value_enum, default_value_t)]
    file_format: FileFormat,
    /// The folder for the files; it is made if it is not there
    #[arg(long, value_name = "DIR")]
    output: PathBuf,
    /// Replace files that are there already
    #[arg(long)]
    force: bool,
}

const EXAMPLES: &str = "\
Beside each file lies FILE.manifest.json with the version of its layout, its rows and its SHA-256.

Examples:
  financr export valuations --portfolio D01 --from 2014-01-01 --to 2014-12-31 --output out
  financr export transactions --portfolio D01 --from 2014-01-01 --to 2014-12-31 --file-format parquet --output out";

/// The format of the files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum FileFormat {
    /// Comma-separated values with a header.
    #[default]
    Csv,
    /// Parquet.
    Parquet,
}

pub(super) async fn execute(session: &Session, arguments: &Arguments) -> anyhow::Result<Ending> {
    let Some(layout) = layout(&arguments.subject) else {
        let known = LAYOUTS.iter().map(|layout| layout.name).collect::<Vec<_>>().join(", ");
        return Err(Usage(format!("unknown subject `{}`; known: {known}", arguments.subject)).into());
    };
    let config = session.config()?;
    let context = house::open(&config, session.display.watcher()).await?;
    let mut listing = Listing::new(&["portfolio", "file", "rows", "sha256"]);
    session.display.begin("exporting");
    for (done, portfolio) in arguments.portfolio.iter().enumerate() {
        let asked = Asked {
            portfolio: portfolio.clone(),
            from: arguments.from,
            to: arguments.to,
            form: if arguments.file_format == FileFormat::Csv { FileForm::Csv } else { FileForm::Parquet },
            output: arguments.output.clone(),
            replace: arguments.force,
        };
        let written = hand_out(&context, layout, &asked).await?;
        listing.push([
            portfolio.to_string().into(),
            written.file.display().to_string().into(),
            written.rows.into(),
            written.sha256.into(),
        ]);
        session.display.advance(done + 1, arguments.portfolio.len());
    }
    session.display.end(&format!("{} files written", listing.rows.len()));
    session.write(&listing)?;
    Ok(Ending::Done)
}
