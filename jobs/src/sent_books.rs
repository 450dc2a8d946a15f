//! Portfolios and transactions that somebody sends, one by one and not in a folder.
//!
//! They are read by the readers of the folder and kept by the store that keeps what the folder brings: what an import
//! refuses is refused here, and what a person should look at is in the inbox afterwards. But a folder is taken as far
//! as it goes, and what is sent is taken as a whole or not at all.

use std::collections::BTreeSet;

use lake::DateRange;
use pipelines::doubts::{self, Quoted};
use pipelines::sources::book_folder::Listed;
use pipelines::sources::book_folder::agreement::FieldFault;
use pipelines::sources::book_folder::sent_portfolio::{Fields, changed_portfolio, sent_portfolio};
use pipelines::sources::book_folder::sent_transactions::{RowFault, sent_transactions};
use schemas::table::Record;
use schemas::tables::instruments::Instrument;
use schemas::tables::landings::Landing;
use schemas::tables::portfolios::Portfolio;
use schemas::tables::transactions::Transaction;
use schemas::{BusinessDate, InstrumentId, MarketId};
use serde_json::Value;
use store::{ChangeOutcome, Correction, EntryBy, ImportOutcome, OpenOutcome, StoreKind};

use crate::context::Context;
use crate::error::Error;
use crate::import::ImportReport;
use crate::import_export::put_inbox;

/// The fields of a correction.
const CORRECTION_FIELDS: [&str; 4] = ["reason", "date", "reversal_id", "replacement"];

/// What booking came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Booked {
    /// Transactions that are new.
    pub inserted: u64,
    /// Transactions that were booked already, just like this.
    pub unchanged: u64,
    /// The first day on which something is new: figures from it on are made anew by the next night. None if nothing is.
    pub from_date: Option<BusinessDate>,
    /// Bookings that a person should look at; they are in the inbox.
    pub doubts: usize,
}

/// Why something that was sent was not taken.
#[derive(Debug)]
pub enum NotTaken {
    /// Fields are wrong.
    Wrong(Vec<FieldFault>),
    /// It contradicts what is there.
    Conflict(Vec<FieldFault>),
    /// What it is about is not there.
    Unknown,
    /// What it is about is not what it was any more.
    Stale,
    /// Something else went wrong.
    Failed(Error),
}

impl From<lake::Error> for NotTaken {
    fn from(error: lake::Error) -> NotTaken {
        NotTaken::Failed(error.into())
    }
}

impl From<Error> for NotTaken {
    fn from(error: Error) -> NotTaken {
        NotTaken::Failed(error)
    }
}

impl From<store::Error> for NotTaken {
    fn from(error: store::Error) -> NotTaken {
        let one = |field: &str, reason: String| vec![FieldFault { field: field.to_owned(), reason }];
        match error {
            store::Error::SyntheticPortfolio { .. } | store::Error::RealPortfolio { .. } => {
                NotTaken::Wrong(one("synthetic", error.to_string()))
            }
            store::Error::LockMovedBack { .. } => NotTaken::Conflict(one("locked_through", error.to_string())),
            store::Error::LockedCostBasis { .. } => NotTaken::Conflict(one("cost_basis", error.to_string())),
            store::Error::DecisionWithout { .. } => NotTaken::Wrong(one("reason", "it is empty".to_owned())),
            _ if error.is_refused_content() => {
                let reason = "the store refuses it: somebody else did the same meanwhile, or it cannot be kept so";
                NotTaken::Conflict(one("", reason.to_owned()))
            }
            other => NotTaken::Failed(other.into()),
        }
    }
}

/// Opens a portfolio: the fields are those of `portfolio.json`.
///
/// # Errors
/// [`NotTaken`], with everything that is wrong.
pub async fn open(context: &Context, by: &EntryBy, fields: &Fields) -> Result<(Portfolio, OpenOutcome), NotTaken> {
    let sent = sent_portfolio(fields).map_err(NotTaken::Wrong)?;
    let own_rates = market(context, sent.market_id()).await?;
    let synthetic = sent.is_synthetic();
    if synthetic != (context.store.kind() == StoreKind::Demo) {
        let reason = "invented portfolios are in a demo store and real ones in a live one; this is the other one";
        return Err(NotTaken::Wrong(vec![FieldFault { field: "synthetic".to_owned(), reason: reason.to_owned() }]));
    }
    let portfolio = sent.into_portfolio(own_rates);
    let outcome = context.store.open_portfolio(&portfolio, synthetic, by, context.clock.now()).await?;
    tracing::info!(portfolio.id = %portfolio.portfolio_id, entry.id = by.entry_id, ?outcome, "a portfolio was sent");
    Ok((portfolio, outcome))
}

/// Changes a portfolio: the fields are those of `portfolio.json` that are to be another.
///
/// # Errors
/// [`NotTaken`], with everything that is wrong.
pub async fn change(
    context: &Context,
    by: &EntryBy,
    before: &Portfolio,
    changes: &Fields,
) -> Result<(Portfolio, ChangeOutcome), NotTaken> {
    let changed = changed_portfolio(before, changes).map_err(NotTaken::Wrong)?;
    let own_rates = match changed.new_market_id() {
        Some(other) => market(context, other).await?,
        None => false,
    };
    let after = changed.into_portfolio(own_rates);
    match context.store.change_portfolio(before, &after, by, context.clock.now()).await? {
        ChangeOutcome::Stale => Err(NotTaken::Stale),
        outcome => Ok((after, outcome)),
    }
}

/// Books transactions of a portfolio: the fields of a row are the columns of `transactions.csv`.
///
/// # Errors
/// [`NotTaken`], with what is wrong in every row.
pub async fn book(context: &Context, by: &EntryBy, portfolio: &Portfolio, rows: &[Fields]) -> Result<Booked, NotTaken> {
    let takes_back = rows.iter().any(|row| row.get("reverses").is_some_and(|target| !target.is_null()));
    let stored = if takes_back { context.store.transactions_of(&portfolio.portfolio_id).await? } else { Vec::new() };
    let place = |row: usize, column: &str| match column {
        "(line)" => format!("transactions.{row}"),
        column => format!("transactions.{row}.{column}"),
    };
    book_rows(context, by, portfolio, &stored, rows, None, &place).await
}

/// Corrects a transaction: takes it back, and books what takes its place, if something does.
///
/// # Errors
/// [`NotTaken`], with everything that is wrong.
pub async fn correct(
    context: &Context,
    by: &EntryBy,
    portfolio: &Portfolio,
    transaction_id: &str,
    fields: &Fields,
) -> Result<Booked, NotTaken> {
    let stored = context.store.transactions_of(&portfolio.portfolio_id).await?;
    let Some(corrected) = stored.iter().find(|row| row.transaction_id == transaction_id) else {
        return Err(NotTaken::Unknown);
    };
    let (correction, rows) = correction_of(corrected, fields).map_err(NotTaken::Wrong)?;
    let is_other = |row: &&Transaction| {
        row.reverses.as_deref() == Some(transaction_id) && row.transaction_id != correction.reversal_id
    };
    if let Some(other) = stored.iter().find(is_other) {
        let reason = format!("`{transaction_id}` has been taken back already by `{}`", other.transaction_id);
        return Err(NotTaken::Conflict(vec![FieldFault { field: "transaction_id".to_owned(), reason }]));
    }
    let place = |row: usize, column: &str| match (row, column) {
        (0, "tx_id") => "reversal_id".to_owned(),
        (0, "reverses") => "transaction_id".to_owned(),
        (0, other) => other.to_owned(),
        (_, column) => format!("replacement.{column}"),
    };
    book_rows(context, by, portfolio, &stored, &rows, Some(&correction), &place).await
}

/// What a correction says, and its rows: the reversal, and the replacement if there is one.
fn correction_of(corrected: &Transaction, fields: &Fields) -> Result<(Correction, Vec<Fields>), Vec<FieldFault>> {
    let mut faults = Vec::new();
    let mut wrong = |field: &str, reason: &str| {
        let field = field.chars().take(40).collect();
        faults.push(FieldFault { field, reason: reason.to_owned() });
    };
    for name in fields.keys().filter(|name| !CORRECTION_FIELDS.contains(&name.as_str())) {
        wrong(name, "there is no such field; known: reason, date, reversal_id, replacement");
    }
    let mut text = |name: &str| match fields.get(name) {
        None | Some(Value::Null) => None,
        Some(Value::String(text)) if !text.trim().is_empty() => Some(text.clone()),
        Some(_) => {
            wrong(name, "it is a text that is not empty");
            None
        }
    };
    let (reason, date, reversal_id) = (text("reason"), text("date"), text("reversal_id"));
    if reason.is_none() && !matches!(fields.get("reason"), Some(value) if !value.is_null()) {
        wrong("reason", "it is missing; say why, in a sentence");
    }
    let replacement = match fields.get("replacement") {
        None | Some(Value::Null) => None,
        Some(Value::Object(replacement)) => Some(replacement.clone()),
        Some(_) => {
            wrong("replacement", "it is a transaction, or null if nothing takes the place");
            None
        }
    };
    let id = &corrected.transaction_id;
    // What is taken back counts on no day. Of the day that it was booked for, it is made anew by the next night.
    let date = date.unwrap_or_else(|| corrected.trade_date.to_string());
    let reversal_id = reversal_id.unwrap_or_else(|| format!("{id}-reversal"));
    let cells =
        [("tx_id", reversal_id.as_str()), ("date", date.as_str()), ("type", "REVERSAL"), ("reverses", id.as_str())];
    let reversal = cells.into_iter().map(|(name, value)| (name.to_owned(), Value::from(value))).collect();
    let replaced_by = replacement.as_ref().and_then(|row| row.get("tx_id")).and_then(Value::as_str);
    let replacement_id = replaced_by.map(|text| text.trim().to_owned());
    match reason {
        Some(reason) if faults.is_empty() => {
            let correction =
                Correction { corrects: id.clone(), reversal_id: reversal_id.trim().to_owned(), replacement_id, reason };
            Ok((correction, [reversal].into_iter().chain(replacement).collect()))
        }
        _ => Err(faults),
    }
}

async fn book_rows(
    context: &Context,
    by: &EntryBy,
    portfolio: &Portfolio,
    stored: &[Transaction],
    rows: &[Fields],
    correction: Option<&Correction>,
    place: &(dyn Fn(usize, &str) -> String + Sync),
) -> Result<Booked, NotTaken> {
    let instruments = instruments_of(context, &portfolio.market_id, rows).await?;
    let listed: Listed = instruments.iter().map(|found| (found.instrument_id.clone(), found.currency)).collect();
    let read = sent_transactions(portfolio, &listed, stored, rows, &by.entry_id);
    let transactions = read.map_err(|faults| {
        let named = |fault: RowFault| FieldFault { field: place(fault.row, &fault.column), reason: fault.reason };
        NotTaken::Wrong(faults.into_iter().map(named).collect())
    })?;
    let now = context.clock.now();
    let outcome = context.store.book(&portfolio.portfolio_id, &transactions, by, correction, now).await?;
    let ImportOutcome { inserted, unchanged, conflicts, locked } = outcome;
    let refused = conflicts.into_iter().map(|conflict| (conflict, "tx_id")).chain(
        // A closed year refuses the day, and not the id.
        locked.into_iter().map(|conflict| (conflict, "date")),
    );
    let named = refused.map(|(conflict, column)| {
        let number = conflict.origin.rsplit_once(':').and_then(|(_, number)| number.parse::<usize>().ok());
        FieldFault { field: place(number.unwrap_or(1).saturating_sub(1), column), reason: conflict.message }
    });
    let refused: Vec<FieldFault> = named.collect();
    if !refused.is_empty() {
        return Err(NotTaken::Conflict(refused));
    }
    let from_date = if inserted == 0 { None } else { first_day(stored, &transactions) };
    let quoted = doubts::quoted(&instruments);
    let doubts = hand_to_inbox(context, portfolio, &transactions, &quoted).await?;
    Ok(Booked { inserted, unchanged, from_date, doubts })
}

/// The first day that bookings touch: their own, and those of what they take back.
fn first_day(stored: &[Transaction], booked: &[Transaction]) -> Option<BusinessDate> {
    let taken_back: BTreeSet<&str> = booked.iter().filter_map(|row| row.reverses.as_deref()).collect();
    let touched = stored.iter().filter(|row| taken_back.contains(row.transaction_id.as_str())).chain(booked);
    touched.map(|row| row.trade_date).min()
}

/// Hands what a person should look at to the inbox, as an import does; how many there are.
async fn hand_to_inbox(
    context: &Context,
    portfolio: &Portfolio,
    booked: &[Transaction],
    quoted: &Quoted,
) -> Result<usize, Error> {
    let mut report = ImportReport::default();
    let booked: Vec<&Transaction> = booked.iter().collect();
    report.note_doubts(portfolio, &booked, quoted, &BTreeSet::new(), context.clock.now());
    put_inbox(context, &report).await?;
    Ok(report.waiting.len())
}

/// The instruments that rows name, as far as the market has them.
async fn instruments_of(context: &Context, market: &MarketId, rows: &[Fields]) -> Result<Vec<Instrument>, lake::Error> {
    let symbols = rows.iter().filter_map(|row| row.get("symbol").and_then(Value::as_str));
    let ids: BTreeSet<String> =
        symbols.filter_map(|symbol| InstrumentId::new(market, symbol.trim()).ok()).map(|id| id.to_string()).collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let snapshot = context.lake.snapshot(Instrument::TABLE).await?;
    lake::read::rows_named(&snapshot, &context.lake, DateRange::ALL, &[("instrument_id", &ids)]).await
}

/// Whether a market brings its own FX rates; refused if it is not known.
async fn market(context: &Context, market: &MarketId) -> Result<bool, NotTaken> {
    let ids = BTreeSet::from([market.to_string()]);
    let named: [(&str, &BTreeSet<String>); 1] = [("market_id", &ids)];
    let snapshot = context.lake.snapshot(Instrument::TABLE).await?;
    let instruments: Vec<Instrument> = lake::read::rows_named(&snapshot, &context.lake, DateRange::ALL, &named).await?;
    if instruments.is_empty() {
        let reason = format!("market `{market}` is not known; import its folder (with market.json), and run a night");
        return Err(NotTaken::Wrong(vec![FieldFault { field: "market".to_owned(), reason }]));
    }
    let snapshot = context.lake.snapshot(Landing::TABLE).await?;
    let landings: Vec<Landing> = lake::read::rows_named(&snapshot, &context.lake, DateRange::ALL, &named).await?;
    Ok(landings.iter().any(|landing| landing.file_name == "fx.csv"))
}
