//! What an import would do, as rows.

use jobs::import::ImportReport;
use serde_json::Value;

use crate::listing::{Format, Listing};
use crate::refused_rows::{RefusedRows, by_fault, one_by_one};

/// Rows of one kind that a terminal shows; a machine gets all of them.
const ROWS_SHOWN: usize = 20;

const COLUMNS: [&str; 9] = ["portfolio", "what", "currency", "new", "known", "changed", "net_cash", "line", "reason"];

/// A row of a preview; what is none stays empty.
#[derive(Default)]
struct Row {
    portfolio: String,
    what: String,
    currency: Option<String>,
    new: Option<u64>,
    known: Option<u64>,
    changed: Option<u64>,
    net_cash: Option<String>,
    line: Option<i64>,
    reason: Option<String>,
    /// Rows beside its own that it stands for.
    others: usize,
}

/// What an import would do: portfolios, market data, transactions by kind with the sum of their cash, and every row
/// that would wait or be rejected.
pub(crate) fn preview_listing(report: &ImportReport, format: Format) -> Listing {
    let mut rows = Vec::new();
    let count = |length: usize| Some(u64::try_from(length).unwrap_or(u64::MAX));
    let portfolios = [(&report.portfolios_new, "new portfolio"), (&report.portfolios_changed, "changed portfolio")];
    for (ids, what) in portfolios {
        rows.extend(ids.iter().map(|id| Row { portfolio: id.to_string(), what: what.to_owned(), ..Row::default() }));
    }
    for (what, new, known) in [
        ("portfolios as they are", None, Some(report.portfolios_unchanged)),
        ("instruments", count(report.instruments.new), count(report.instruments.known)),
        ("closes", count(report.quotes), None),
        ("rates", count(report.fx_rates), None),
        ("files", count(report.landed.new), count(report.landed.known)),
        ("rows settled in the inbox", None, count(report.settled)),
    ] {
        if 0 < new.unwrap_or(0) + known.unwrap_or(0) {
            rows.push(Row { what: what.to_owned(), new, known, ..Row::default() });
        }
    }
    for ((portfolio, kind, currency), tally) in &report.tallies {
        rows.push(Row {
            portfolio: portfolio.to_string(),
            what: kind.clone(),
            currency: Some(currency.to_string()),
            new: Some(tally.new),
            known: Some(tally.known),
            changed: Some(tally.changed),
            net_cash: Some(tally.net_cash.decimal().normalize().to_string()),
            ..Row::default()
        });
    }
    let waiting = report.waiting.iter().map(|(portfolio, row)| Row {
        portfolio: portfolio.to_string(),
        what: format!("inbox: {}", row.what),
        line: Some(row.line),
        reason: Some(row.reason.clone()),
        ..Row::default()
    });
    push_some(&mut rows, waiting.collect(), format);
    let refused = if format == Format::Table { by_fault(report) } else { one_by_one(report) };
    push_some(&mut rows, refused.iter().map(rejected).collect(), format);
    let failures = report.failures.iter().map(|(folder, reason)| format!("{}: {reason}", folder.display()));
    for note in failures.chain(report.notes.iter().cloned()) {
        rows.push(Row { what: "note".to_owned(), reason: Some(note), ..Row::default() });
    }
    let mut listing = Listing::new(&COLUMNS);
    rows.into_iter().for_each(|row| listing.push(row.cells()));
    listing
}

/// Rejected rows with one fault.
fn rejected(refused: &RefusedRows<'_>) -> Row {
    let RefusedRows { file, column, reason, .. } = refused;
    let reason = match refused.line() {
        Some(_) => format!("{file}: {reason}"),
        None => format!("{file}, {}: {reason}", refused.lines_in_words()),
    };
    Row {
        what: format!("rejected: {column}"),
        line: refused.line(),
        reason: Some(reason),
        others: refused.count() - 1,
        ..Row::default()
    }
}

/// Adds rows of one kind; on a terminal the first of them, and how many more there are.
fn push_some(rows: &mut Vec<Row>, mut found: Vec<Row>, format: Format) {
    let more: usize = found.iter().skip(ROWS_SHOWN).map(|row| 1 + row.others).sum();
    if format == Format::Table && 0 < more {
        found.truncate(ROWS_SHOWN);
        let reason = Some(format!("and {more} more; see them all with --format csv"));
        found.push(Row { what: "…".to_owned(), reason, ..Row::default() });
    }
    rows.append(&mut found);
}

impl Row {
    fn cells(self) -> [Value; 9] {
        [
            self.portfolio.into(),
            self.what.into(),
            self.currency.into(),
            self.new.into(),
            self.known.into(),
            self.changed.into(),
            self.net_cash.into(),
            self.line.into(),
            self.reason.into(),
        ]
    }
}
