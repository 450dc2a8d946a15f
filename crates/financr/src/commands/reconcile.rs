//! `financr reconcile`: a custodian's balances against the books.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use jobs::BalanceBasis;
use jobs::reconcile::{Found, ReconcileReport, Request, reconcile};
use schemas::PortfolioId;
use serde_json::Value;
use store::InboxState;

use super::Session;
use crate::ending::{Ending, Usage};
use crate::house;
use crate::listing::{Format, Listing};

/// Compare a custodian's file of balances with the books; what differs goes into the inbox
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// A CSV file with date, symbol or isin, currency, quantity and, as needed, portfolio, market_value and basis
    file: PathBuf,
    /// Only this portfolio; without a column `portfolio` in the file, all its rows are of this portfolio
    #[arg(long, value_name = "ID")]
    portfolio: Option<PortfolioId>,
    /// From which day the custodian counts a transaction, if the file has no column `basis`: trade or settlement
    #[arg(long)]
    basis: Option<BalanceBasis>,
}

const EXAMPLES: &str = concat!(
    "The file:\n",
    "  date,portfolio,symbol,isin,currency,quantity,market_value,basis\n",
    "  2024-03-28,D01,AAPL,US0378331005,USD,378,64834.56,settlement\n",
    "  2024-03-28,D01,CASH,,USD,767.86,,settlement\n\n",
    "Examples:\n",
    "  financr reconcile custodian.csv                                   every portfolio of the file\n",
    "  financr reconcile u1234567.csv --portfolio D01 --basis settlement one account of a broker\n",
    "  financr inbox --portfolio D01                                     what is still open\n\n",
    "It ends with 0 if nothing is left to do and with 3 if a difference of severity warn or block is open, a row was \
     rejected, or a portfolio could not be compared. Nothing is booked: suggestions are for a person to look at."
);

pub(super) async fn execute(session: &Session, arguments: &Arguments) -> anyhow::Result<Ending> {
    let config = session.config()?;
    let context = house::open(&config, session.display.watcher()).await?;
    if let Some(id) = &arguments.portfolio
        && context.store.portfolio(id).await?.is_none()
    {
        let place = &config.store.url;
        return Err(Usage(format!("there is no portfolio `{id}` in {place}; `financr show` lists them")).into());
    }
    session.display.begin("reconcile");
    let request =
        Request { file: arguments.file.clone(), portfolio: arguments.portfolio.clone(), basis: arguments.basis };
    let report = reconcile(&context, &request).await?;
    session.display.end(&summary(&report));
    if !report.found.is_empty() || session.format != Format::Table {
        session.write(&differences_listing(&report.found, session.format))?;
    }
    say_the_rest(session, &report)?;
    session.say(&summary(&report))?;
    Ok(if report.is_clean() { Ending::Done } else { Ending::Partial })
}

fn summary(report: &ReconcileReport) -> String {
    let mut parts = vec![
        format!("{} portfolios, {} balances", report.portfolios, report.balances),
        format!("{} differences, {} to be looked at", report.found.len(), report.open()),
        format!("{} new", report.inbox.opened),
    ];
    for (count, what) in [(report.inbox.reopened, "open again"), (report.cleared, "gone by themselves")] {
        if 0 < count {
            parts.push(format!("{count} {what}"));
        }
    }
    for (count, what) in [
        (report.rejects.len(), "rows rejected"),
        (report.failures.len(), "portfolios not compared"),
        (report.rows_left_out, "rows of other portfolios left out"),
    ] {
        if 0 < count {
            parts.push(format!("{count} {what}"));
        }
    }
    parts.join(", ")
}

/// The differences as rows: for people in words, for programs with every figure and the columns of the suggestion.
fn differences_listing(found: &[Found], format: Format) -> Listing {
    let for_people = format == Format::Table;
    let mut listing = Listing::new(if for_people {
        &["key", "portfolio", "severity", "subject", "books", "custodian", "difference", "cause", "suggestion"]
    } else {
        &[
            "key",
            "portfolio",
            "date",
            "severity",
            "state",
            "subject",
            "books",
            "custodian",
            "difference",
            "cause",
            "message",
            "suggestion",
        ]
    });
    let mut rows: Vec<&Found> = found.iter().collect();
    rows.sort_by_key(|row| std::cmp::Reverse(row.difference.severity()));
    for row in rows {
        let of = &row.difference;
        let figure = |number: rust_decimal::Decimal| Value::from(number.normalize().to_string());
        let suggestion = row.suggestion.clone().unwrap_or(Value::Null);
        let figures = [figure(of.ledger), figure(of.custodian), figure(of.difference)];
        let severity = match row.state {
            InboxState::Open => of.severity().to_string(),
            state => format!("{} ({state})", of.severity()),
        };
        let mut cells: Vec<Value> = if for_people {
            let key = row.item_key.get(..8).unwrap_or(&row.item_key);
            vec![key.into(), row.portfolio_id.to_string().into(), severity.into(), of.subject.to_string().into()]
        } else {
            vec![
                row.item_key.clone().into(),
                row.portfolio_id.to_string().into(),
                row.date.to_string().into(),
                of.severity().to_string().into(),
                row.state.to_string().into(),
                of.subject.to_string().into(),
            ]
        };
        cells.extend(figures);
        if for_people {
            cells.extend([of.cause.to_string().into(), in_words(&suggestion).into()]);
        } else {
            cells.extend([of.cause.word().into(), of.message().into(), suggestion]);
        }
        listing.rows.push(cells);
    }
    listing
}

/// A suggested transaction in a few words, e.g. `BUY 10 SAP, -605 EUR`.
pub(super) fn in_words(suggestion: &Value) -> String {
    let cell = |column: &str| suggestion.get(column).and_then(Value::as_str).filter(|text| !text.is_empty());
    let Some(kind) = cell("type") else { return String::new() };
    let mut text = kind.to_owned();
    for part in ["quantity", "symbol"].into_iter().filter_map(cell) {
        text = format!("{text} {part}");
    }
    if let Some(reversed) = cell("reverses") {
        text = format!("{text} of {reversed}");
    }
    let amounts = [("net_cash", "currency"), ("counter_amount", "counter_currency")];
    for (amount, currency) in amounts {
        if let (Some(amount), Some(currency)) = (cell(amount).filter(|amount| *amount != "0"), cell(currency)) {
            text = format!("{text}, {amount} {currency}");
        }
    }
    text
}

/// Rejected rows, portfolios that were not compared, and notes: to people with the table, else to standard error.
fn say_the_rest(session: &Session, report: &ReconcileReport) -> anyhow::Result<()> {
    let mut lines = Vec::new();
    for row in &report.rejects {
        lines.push(format!("rejected: {}:{}: {}: {}", row.file, row.line, row.column, row.reason));
    }
    for (portfolio, reason) in &report.failures {
        lines.push(format!("not compared: {portfolio}: {reason}"));
    }
    for (portfolio, note) in &report.notes {
        lines.push(format!("{portfolio}: {note}"));
    }
    for line in lines {
        if session.format == Format::Table {
            session.say(&line)?;
        } else {
            writeln!(std::io::stderr().lock(), "{line}")?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_suggestion_is_read_in_one_breath() {
        let buy = json!({"type": "BUY", "symbol": "SAP", "quantity": "10", "net_cash": "-605", "currency": "EUR"});
        assert_eq!(in_words(&buy), "BUY 10 SAP, -605 EUR");
        let reversal = json!({"type": "REVERSAL", "reverses": "17", "net_cash": "0", "currency": "EUR"});
        assert_eq!(in_words(&reversal), "REVERSAL of 17");
        let deal = json!({"type": "FX", "net_cash": "-920", "currency": "EUR", "counter_amount": "1000",
            "counter_currency": "USD"});
        assert_eq!(in_words(&deal), "FX, -920 EUR, 1000 USD");
        assert_eq!(in_words(&Value::Null), "");
    }
}
