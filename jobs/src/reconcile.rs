//! Reconcile: a custodian's file of balances against the books, and what differs into the inbox.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use pipelines::balances::{Asked, PortfolioBalances, read_balances};
use pipelines::holdings::{Markets, read_markets};
use pipelines::reconciliation::{Compared, compare};
use pipelines::sources::RowReject;
use pipelines::{BalanceBasis, Difference, Measured, Subject};
use schemas::tables::portfolios::Portfolio;
use schemas::tables::transactions::Transaction;
use schemas::{Amount, BusinessDate, Currency, PortfolioId, Severity};
use serde_json::{Map, Value};
use store::{INBOX_ACTOR, InboxEnd, InboxFilter, InboxItem, InboxKind, InboxOutcome, InboxRow, InboxState};

use crate::context::{Context, Progress};
use crate::error::Error;

/// What is to be reconciled.
#[derive(Clone, Debug)]
pub struct Request {
    /// The custodian's file.
    pub file: PathBuf,
    /// The only portfolio to look at.
    pub portfolio: Option<PortfolioId>,
    /// The basis, if the file has no column for it.
    pub basis: Option<BalanceBasis>,
}

/// A difference, as it stands in the inbox.
#[derive(Clone, Debug)]
pub struct Found {
    /// Its key in the inbox.
    pub item_key: String,
    /// The portfolio.
    pub portfolio_id: PortfolioId,
    /// The day of the statement.
    pub date: BusinessDate,
    /// What differs, why, and what would close it.
    pub difference: Difference,
    /// The transaction that would close it by the columns of `transactions.csv`, if there is one.
    pub suggestion: Option<Value>,
    /// Whether somebody should look at it, or has decided that nobody need.
    pub state: InboxState,
}

/// What a reconciliation came to.
#[derive(Clone, Debug, Default)]
pub struct ReconcileReport {
    /// Portfolios that were compared.
    pub portfolios: usize,
    /// Balances of the file that were compared.
    pub balances: usize,
    /// What differs.
    pub found: Vec<Found>,
    /// What that changed in the inbox.
    pub inbox: InboxOutcome,
    /// Earlier differences that are gone.
    pub cleared: u64,
    /// Rows that cannot be used.
    pub rejects: Vec<RowReject>,
    /// Portfolios that could not be compared, with the reason.
    pub failures: Vec<(PortfolioId, String)>,
    /// What else a person should know about a portfolio.
    pub notes: Vec<(PortfolioId, String)>,
    /// Rows of other portfolios than the one that was asked for.
    pub rows_left_out: usize,
}

impl ReconcileReport {
    /// Differences that a person should do something about.
    pub fn open(&self) -> usize {
        let to_do = |found: &&Found| found.state == InboxState::Open && Severity::Warn <= found.difference.severity();
        self.found.iter().filter(to_do).count()
    }

    /// Whether everything was compared and nothing is left to do.
    pub fn is_clean(&self) -> bool {
        self.open() == 0 && self.rejects.is_empty() && self.failures.is_empty()
    }
}

/// Days after a statement whose transactions are looked at, too: they may explain what the custodian counts already.
const DAYS_AFTER: u32 = 10;
/// Items of the inbox that are read at once.
const PAGE_ITEMS: u32 = 1_000;
/// What is said of a difference that is gone, where not everything was compared.
const CLEARED: &str = "cleared by itself: it was not found any more";

/// Reconciles every portfolio of a file. Differences are put into the inbox, and those that are gone are closed.
///
/// # Errors
/// [`Error`] if the file cannot be used, or the store or the lake refuses. A portfolio that cannot be compared does not
/// stop the others.
pub async fn reconcile(context: &Context, request: &Request) -> Result<ReconcileReport, Error> {
    pipelines::conform::conform(&context.lake).await?;
    let portfolios: BTreeMap<PortfolioId, Portfolio> =
        context.store.portfolios().await?.into_iter().map(|row| (row.portfolio_id.clone(), row)).collect();
    let known: BTreeSet<PortfolioId> = portfolios.keys().cloned().collect();
    let file = {
        let asked = Asked { portfolio: request.portfolio.clone(), basis: request.basis };
        let path = request.file.clone();
        let reading = tokio::task::spawn_blocking(move || read_balances(&path, &asked, &known));
        reading.await.map_err(|_| Error::Worker)??
    };
    let mut report =
        ReconcileReport { rejects: file.rejects, rows_left_out: file.rows_left_out, ..ReconcileReport::default() };
    let markets = read_markets(&context.lake).await?;
    let name = request.file.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let total = file.portfolios.len();
    for (position, stated) in file.portfolios.iter().enumerate() {
        let Some(portfolio) = portfolios.get(&stated.portfolio_id) else {
            let reason = "it is not in the store; import it".to_owned();
            report.failures.push((stated.portfolio_id.clone(), reason));
            continue;
        };
        let transactions = transactions_of(context, stated).await?;
        let work = Work { context, markets: &markets, portfolio, transactions: &transactions, stated, file: &name };
        work.reconcile(&mut report).await?;
        (context.watch)(Progress::Advanced { done: position + 1, total });
    }
    Ok(report)
}

/// The transactions of a portfolio up to some days after its statement, in the order of their days, and all REVERSALs:
/// what one of a later day takes back counts on no day.
async fn transactions_of(context: &Context, stated: &PortfolioBalances) -> Result<Vec<Transaction>, Error> {
    let mut through = stated.date;
    for _ in 0..DAYS_AFTER {
        through = through.next_calendar_day();
    }
    let mut booked = context.store.transactions_of(&stated.portfolio_id).await?;
    booked.retain(|row| row.trade_date <= through || row.reverses.is_some());
    booked.sort_by(|left, right| {
        let place = |row: &Transaction| (row.trade_date, row.booking_sequence);
        place(left).cmp(&place(right)).then_with(|| left.transaction_id.cmp(&right.transaction_id))
    });
    Ok(booked)
}

/// One portfolio of the file.
struct Work<'a> {
    context: &'a Context,
    markets: &'a Markets,
    portfolio: &'a Portfolio,
    transactions: &'a [Transaction],
    stated: &'a PortfolioBalances,
    file: &'a str,
}

impl Work<'_> {
    async fn reconcile(&self, report: &mut ReconcileReport) -> Result<(), Error> {
        let id = &self.portfolio.portfolio_id;
        let lake = &self.context.lake;
        let compared = compare(lake, self.markets, self.portfolio, self.transactions, self.stated, self.file).await?;
        let compared = match compared {
            Ok(compared) => compared,
            Err(reason) => {
                report.failures.push((id.clone(), reason));
                return Ok(());
            }
        };
        let items: Vec<InboxItem> =
            compared.differences.iter().map(|difference| self.item(difference, &compared)).collect();
        let now = self.context.clock.now();
        let outcome = self.context.store.put_inbox(&items, now).await?;
        report.inbox.opened += outcome.opened;
        report.inbox.seen_again += outcome.seen_again;
        report.inbox.reopened += outcome.reopened;
        report.cleared += self.close_what_is_gone(&compared, &items, now).await?;
        report.portfolios += 1;
        report.balances += compared.balances;
        for (difference, item) in compared.differences.into_iter().zip(items) {
            let (row, _) = self.context.store.inbox_item(&item.item_key).await?;
            report.found.push(Found {
                item_key: item.item_key,
                portfolio_id: id.clone(),
                date: self.stated.date,
                difference,
                suggestion: item.suggestion,
                state: row.state,
            });
        }
        report.rejects.extend(compared.rejects);
        report.notes.extend(compared.notes.into_iter().map(|note| (id.clone(), note)));
        Ok(())
    }

    /// The item of a difference. The same difference on another day is the same item; another amount is another one, so
    /// that what was dismissed hides nothing else. Values move every day: of these the instrument is enough.
    fn item(&self, difference: &Difference, compared: &Compared) -> InboxItem {
        let subject = difference.subject.to_string();
        let amount = difference.difference.normalize().to_string();
        let awaited = difference.cause.awaited();
        let mut marks = match difference.measured {
            Measured::Units => vec![subject.as_str(), "units", amount.as_str()],
            Measured::Cash => vec![subject.as_str(), "cash", amount.as_str()],
            Measured::Value(_) => vec![subject.as_str(), "value", ""],
        };
        marks.extend(awaited.as_deref());
        let portfolio_id = self.portfolio.portfolio_id.clone();
        let item_key = InboxItem::key(InboxKind::Reconciliation, &portfolio_id, &marks);
        let row = compared.rows.get(&difference.subject).map_or("no row", String::as_str);
        InboxItem {
            portfolio_id,
            kind: InboxKind::Reconciliation,
            severity: difference.severity(),
            message: difference.message(),
            detail: format!("{} of {} by {}: {row}", self.file, self.stated.date, self.stated.basis),
            suggestion: difference.suggestion.as_ref().map(|suggested| columns_of(suggested, &item_key)),
            subject,
            item_key,
        }
    }

    /// Closes earlier differences that are not found any more, of whatever was compared this time.
    async fn close_what_is_gone(
        &self,
        compared: &Compared,
        items: &[InboxItem],
        now: chrono::DateTime<chrono::Utc>,
    ) -> Result<u64, Error> {
        let (store, id, kind) = (&self.context.store, &self.portfolio.portfolio_id, InboxKind::Reconciliation);
        if !compared.is_complete {
            return Ok(0);
        }
        if compared.covers_cash {
            return Ok(store.close_inbox_not_seen(id, kind, now, now).await?);
        }
        let filter = InboxFilter { portfolio: Some(id.clone()), kind: Some(kind), state: Some(InboxState::Open) };
        let found: BTreeSet<&str> = items.iter().map(|item| item.item_key.as_str()).collect();
        let gone = |row: &&InboxRow| !found.contains(row.item.item_key.as_str()) && !is_cash(&row.item.subject);
        let (mut cleared, mut cursor) = (0, None);
        loop {
            let page = store.inbox(&filter, PAGE_ITEMS, cursor.as_ref()).await?;
            let Some(last) = page.last() else { return Ok(cleared) };
            cursor = Some(last.cursor());
            for row in page.iter().filter(gone) {
                store.resolve_inbox(&row.item.item_key, INBOX_ACTOR, CLEARED, InboxEnd::Resolved, now).await?;
                cleared += 1;
            }
        }
    }
}

/// Whether the subject of an item is cash: no symbol has a space.
fn is_cash(subject: &str) -> bool {
    let currency = subject.strip_prefix("cash ").and_then(|code| code.parse::<Currency>().ok());
    currency.is_some_and(|currency| Subject::Cash(currency).to_string() == subject)
}

/// A transaction by the columns of `transactions.csv`; cells that are empty are left out.
fn columns_of(transaction: &Transaction, item_key: &str) -> Value {
    let exact = |number: Amount| number.decimal().normalize().to_string();
    let tx_id = format!("reconcile-{}", item_key.get(..12).unwrap_or(item_key));
    let cells = [
        ("tx_id", Some(tx_id)),
        ("date", Some(transaction.trade_date.to_string())),
        ("settlement_date", transaction.settlement_date.map(|date| date.to_string())),
        ("type", Some(transaction.kind.clone())),
        ("symbol", transaction.instrument_id.as_ref().map(|instrument| instrument.symbol().to_owned())),
        ("quantity", transaction.quantity.map(|quantity| quantity.decimal().normalize().to_string())),
        ("price", transaction.price.map(|price| price.decimal().normalize().to_string())),
        ("currency", Some(transaction.currency.code().to_owned())),
        ("fees", Some(exact(transaction.fees))),
        ("taxes", Some(exact(transaction.taxes))),
        ("net_cash", Some(exact(transaction.net_cash))),
        ("counter_currency", transaction.counter_currency.map(|currency| currency.code().to_owned())),
        ("counter_amount", transaction.counter_amount.map(exact)),
        ("lot_cost", transaction.lot_cost.map(exact)),
        ("lot_acquired_date", transaction.lot_acquired_date.map(|date| date.to_string())),
        ("lots_closed", transaction.lots_closed.clone()),
        ("reverses", transaction.reverses.clone()),
        ("counter_portfolio", transaction.counter_portfolio_id.as_ref().map(ToString::to_string)),
        ("note", Some(transaction.note.clone())),
    ];
    let filled = cells.into_iter().filter_map(|(column, cell)| Some((column.to_owned(), Value::from(cell?))));
    Value::Object(filled.collect::<Map<String, Value>>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cash_is_told_from_symbols() {
        assert!(is_cash("cash EUR"));
        for symbol in ["CASH", "EUR", "cash", "cash XXXX", "cash EUR "] {
            assert!(!is_cash(symbol), "{symbol}");
        }
    }
}
