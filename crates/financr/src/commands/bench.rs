//! `financr bench`: values books and sets statements that come as files, and says how much was done.

use std::io::Write;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use jobs::files::{FilesWork, PreparedReport, REJECTS, render_statements, value_files};
use serde_json::json;

use super::Session;
use crate::ending::Ending;

/// Value books or set statements that come as a folder of files, with the code of the night, to measure it
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// What is to be made of the files
    work: Work,
    /// The folder with the files
    #[arg(long, value_name = "DIR")]
    input: PathBuf,
    /// The folder into which the results go; files of the same name are replaced
    #[arg(long, value_name = "DIR")]
    output: PathBuf,
    /// b2: the rate a year of an investment without risk, as a fraction [default: 0.02]
    #[arg(long, value_name = "FRACTION", allow_negative_numbers = true)]
    risk_free_annual: Option<f64>,
}

/// What an investment without risk earns a year, if nothing else is said: two percent.
const RISK_FREE_ANNUAL: f64 = 0.02;

const EXAMPLES: &str = concat!(
    "Examples:\n",
    "  financr bench b2 --input returns/ --output out/    daily returns and a benchmark -> measures\n",
    "  financr bench b3 --input day/ --output risk/       positions and scenario returns -> risk and contributions\n",
    "  financr bench b4 --input books/ --output values/   transactions, prices, rates -> daily values and returns\n",
    "  financr bench b5 --input day/ --output next/       yesterday's state and today's deliveries -> today's\n",
    "  financr bench b7 --input texts/ --output pdf/      figures as text, one statement a line -> PDFs\n",
    "\n",
    "The layout of the files is in docs/PARQUET_BOOKS.md. The last line of the output is JSON: `rows` counts\n",
    "returns for b2, position-scenarios for b3, position-days for b4, positions for b5 and statements for b7."
);

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Work {
    /// Measures of return and risk from daily returns, beside a benchmark
    B2,
    /// Value at risk, expected shortfall and what each position adds to it, by historical simulation
    B3,
    /// The whole daily history of every portfolio from its transactions
    B4,
    /// One more day for books that are valued up to the day before
    B5,
    /// Statements as PDF, from figures that are text already
    B7,
}

pub(super) async fn execute(session: &Session, arguments: &Arguments) -> anyhow::Result<Ending> {
    if arguments.risk_free_annual.is_some() && !matches!(arguments.work, Work::B2) {
        anyhow::bail!("`--risk-free-annual` belongs to `bench b2`; leave it out");
    }
    let (work, unit) = match arguments.work {
        Work::B2 => {
            let risk_free_annual = arguments.risk_free_annual.unwrap_or(RISK_FREE_ANNUAL);
            (FilesWork::Measures { risk_free_annual }, "returns")
        }
        Work::B3 => (FilesWork::HistoricalSimulation, "position-scenarios"),
        Work::B4 => (FilesWork::ValuationHistory, "position-days"),
        Work::B5 => (FilesWork::NextDay, "positions"),
        Work::B7 => return set_statements(session, arguments).await,
    };
    let report = value_files(work, arguments.input.clone(), arguments.output.clone()).await?;
    let booked = match arguments.work {
        Work::B2 | Work::B3 | Work::B7 => String::new(),
        Work::B4 | Work::B5 => format!("{} transactions, ", report.transactions),
    };
    session.say(&format!(
        "{} portfolios, {booked}{} {unit}, {} rows written to {}",
        report.portfolios,
        report.position_days,
        report.rows,
        arguments.output.display()
    ))?;
    if 0 < report.without_figures {
        let count = report.without_figures;
        let file = if matches!(arguments.work, Work::B2) { "measures.parquet" } else { "risk.parquet" };
        session.say(&format!("{count} portfolios lack figures; `reason` in {file} says why"))?;
    }
    let line = json!({
        "rows": report.position_days,
        "unit": unit,
        "output_rows": report.rows,
        "portfolios": report.portfolios,
        "transactions": report.transactions,
        "without_figures": report.without_figures,
    });
    writeln!(std::io::stdout().lock(), "{line}")?;
    Ok(Ending::Done)
}

/// Rejected lines that are shown; all of them are in a file.
const REJECTS_SHOWN: usize = 5;

async fn set_statements(session: &Session, arguments: &Arguments) -> anyhow::Result<Ending> {
    let report = render_statements(arguments.input.clone(), arguments.output.clone()).await?;
    let PreparedReport { statements, pages, bytes, rejects } = report;
    let output = arguments.output.display();
    session.say(&format!("{statements} statements, {pages} pages, {bytes} bytes written to {output}"))?;
    for reject in rejects.iter().take(REJECTS_SHOWN) {
        session.say(&format!("line {}: {}", reject.line, reject.reason))?;
    }
    if !rejects.is_empty() {
        let count = rejects.len();
        session
            .say(&format!("{count} lines are no statement; {REJECTS} in {output} says why; mend them and run again"))?;
    }
    let line = json!({
        "rows": statements,
        "unit": "statements",
        "pages": pages,
        "bytes_per_statement": bytes / statements.max(1),
        "rejects": rejects.len(),
    });
    writeln!(std::io::stdout().lock(), "{line}")?;
    Ok(if rejects.is_empty() { Ending::Done } else { Ending::Partial })
}
