//! A bookkeeper with few rules, in place of the readers of book folders: what these refuse is tested with them.

use api::{Fields, NotWritten, Writing, Written, WrongField};
use schemas::Currency;
use schemas::tables::portfolios::Portfolio;
use schemas::tables::transactions::Transaction;
use serde_json::Value;
use store::{ChangeOutcome, Correction, EntryBy, OpenOutcome, Store};

use crate::house::{date, id, now, portfolio};

/// Opens portfolios that have an `id`, and books deposits that have a `tx_id` and a `net_cash`.
pub(crate) struct Bookkeeper(pub(crate) Store);

fn text<'a>(fields: &'a Fields, name: &str) -> Option<&'a str> {
    fields.get(name).and_then(Value::as_str)
}

fn wrong(field: &str) -> NotWritten {
    NotWritten::Wrong(vec![WrongField { field: field.to_owned(), problem: "it is missing".to_owned() }])
}

fn failed(error: store::Error) -> NotWritten {
    NotWritten::Failed(error.into())
}

/// A deposit on the last day of 2014.
pub(crate) fn deposit(portfolio_id: &str, transaction_id: &str, net_cash: &str) -> Transaction {
    Transaction {
        portfolio_id: id(portfolio_id),
        transaction_id: transaction_id.to_owned(),
        booking_sequence: 1,
        trade_date: date("2014-12-31"),
        settlement_date: None,
        kind: "DEPOSIT".to_owned(),
        instrument_id: None,
        quantity: None,
        price: None,
        currency: Currency::EUR,
        fees: "0".parse().expect("a number"),
        taxes: "0".parse().expect("a number"),
        net_cash: net_cash.parse().expect("a number"),
        counter_currency: None,
        counter_amount: None,
        lot_cost: None,
        lot_acquired_date: None,
        lots_closed: None,
        reverses: None,
        counter_portfolio_id: None,
        recorded_at: None,
        note: String::new(),
        origin: "sent".to_owned(),
    }
}

impl api::Bookkeeping for Bookkeeper {
    fn open(&self, by: EntryBy, fields: Fields) -> Writing<(Portfolio, OpenOutcome)> {
        let store = self.0.clone();
        Box::pin(async move {
            let wanted = text(&fields, "id").filter(|id| id.parse::<schemas::PortfolioId>().is_ok());
            let wanted = wanted.ok_or_else(|| wrong("id"))?;
            let title = text(&fields, "title").unwrap_or("untitled").to_owned();
            let opened = Portfolio { title, ..portfolio(wanted) };
            let outcome = store.open_portfolio(&opened, false, &by, now()).await.map_err(failed)?;
            Ok((opened, outcome))
        })
    }

    fn change(&self, by: EntryBy, before: Portfolio, changes: Fields) -> Writing<Portfolio> {
        let store = self.0.clone();
        Box::pin(async move {
            let title = text(&changes, "title").ok_or_else(|| wrong("title"))?.to_owned();
            let after = Portfolio { title, ..before.clone() };
            match store.change_portfolio(&before, &after, &by, now()).await.map_err(failed)? {
                ChangeOutcome::Stale => Err(NotWritten::Stale),
                ChangeOutcome::Changed | ChangeOutcome::Unchanged => Ok(after),
            }
        })
    }

    fn book(&self, by: EntryBy, portfolio: Portfolio, rows: Vec<Fields>) -> Writing<Written> {
        let store = self.0.clone();
        Box::pin(async move {
            let mut booked = Vec::new();
            for (number, row) in rows.iter().enumerate() {
                let cell = |name: &str| text(row, name).ok_or_else(|| wrong(&format!("transactions.{number}.{name}")));
                booked.push(deposit(portfolio.portfolio_id.as_str(), cell("tx_id")?, cell("net_cash")?));
            }
            if booked.is_empty() {
                return Err(wrong("transactions"));
            }
            write(&store, &by, &portfolio, &booked, None).await
        })
    }

    fn correct(&self, by: EntryBy, portfolio: Portfolio, transaction_id: String, fields: Fields) -> Writing<Written> {
        let store = self.0.clone();
        Box::pin(async move {
            let reason = text(&fields, "reason").ok_or_else(|| wrong("reason"))?.to_owned();
            let found = store.transaction_with_reversal(&portfolio.portfolio_id, &transaction_id).await;
            if found.map_err(failed)?.is_empty() {
                return Err(NotWritten::Unknown);
            }
            let reversal_id = format!("{transaction_id}-reversal");
            let reversal = Transaction {
                kind: "REVERSAL".to_owned(),
                reverses: Some(transaction_id.clone()),
                ..deposit(portfolio.portfolio_id.as_str(), &reversal_id, "0")
            };
            let correction = Correction { corrects: transaction_id, reversal_id, replacement_id: None, reason };
            write(&store, &by, &portfolio, &[reversal], Some(&correction)).await
        })
    }
}

async fn write(
    store: &Store,
    by: &EntryBy,
    portfolio: &Portfolio,
    booked: &[Transaction],
    correction: Option<&Correction>,
) -> Result<Written, NotWritten> {
    let outcome = store.book(&portfolio.portfolio_id, booked, by, correction, now()).await.map_err(failed)?;
    if let Some(conflict) = outcome.conflicts.into_iter().chain(outcome.locked).next() {
        let field = "transactions.0.tx_id".to_owned();
        return Err(NotWritten::Conflict(vec![WrongField { field, problem: conflict.message }]));
    }
    let from_date = booked.first().filter(|_| 0 < outcome.inserted).map(|row| row.trade_date);
    Ok(Written { inserted: outcome.inserted, unchanged: outcome.unchanged, from_date, doubts: 0 })
}
