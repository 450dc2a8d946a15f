//! Transactions: immutable booked facts.
//!
//! An import may be repeated as often as one likes: what is there already is left alone, and what is there with other
//! content is reported, never overwritten. A mistake is corrected by booking its correction.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use schemas::tables::transactions::Transaction;
use schemas::{BusinessDate, InstrumentId, PortfolioId};
use serde::Serialize;

use crate::conflicts::sort_out;
use crate::database::{ByEngine, SqlTransaction, reading, within};
use crate::error::{Error, Result};
use crate::portfolios;
use crate::store::Store;
use crate::stored_text::{exact_number, instant, parsed, parsed_or_none};

/// What an import came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImportOutcome {
    /// Transactions that are new.
    pub inserted: u64,
    /// Transactions that were there with the same content.
    pub unchanged: u64,
    /// Transactions that were there with other content; nothing of them was written.
    pub conflicts: Vec<Conflict>,
    /// Transactions that are new and dated in a closed year; nothing of them was written.
    pub locked: Vec<Conflict>,
}

/// A transaction that was refused: its id is in the store with other content, or its year is closed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// The id within the portfolio.
    pub transaction_id: String,
    /// The file and line of the transaction that was refused.
    pub origin: String,
    /// Why it was refused, and what to do.
    pub message: String,
}

/// Rows that one statement inserts: enough to make the statement's own cost small, few enough to bound its memory.
const CHUNK_ROWS: usize = 1_000;

const SELECT_OF_PORTFOLIO: &str = include_str!("queries/transactions/select_of_portfolio.sql");
const SELECT_AFTER: &str = include_str!("queries/transactions/select_after.sql");
const COUNT_THROUGH_NUMBER: &str = include_str!("queries/transactions/count_through_number.sql");
const FINGERPRINT: &str = include_str!("queries/transactions/fingerprint.sql");
const INSERT_MANY: ByEngine = ByEngine {
    sqlite: include_str!("queries/transactions/insert_many.sqlite.sql"),
    postgres: include_str!("queries/transactions/insert_many.postgres.sql"),
};

impl Store {
    /// Imports the transactions of one portfolio: all that are new, or none if the database fails.
    ///
    /// A transaction whose id is there with the same content (note and origin do not count) is unchanged; with other
    /// content it is a conflict. The same holds for an id that occurs twice among the transactions given. A new one on
    /// or before the day through which the portfolio's books are closed, or one that takes such a one back, is refused,
    /// except into books in which nothing was ever booked: there it is the history of what was closed elsewhere.
    ///
    /// # Errors
    /// [`Error::OtherPortfolio`] if a transaction is of another portfolio, [`Error::UnknownPortfolio`] if the portfolio
    /// is not in the store, or the database's reason.
    pub async fn import_transactions(
        &self,
        portfolio_id: &PortfolioId,
        transactions: &[Transaction],
        now: DateTime<Utc>,
    ) -> Result<ImportOutcome> {
        let mut work = self.database.begin().await?;
        let outcome = import_within(&mut work, portfolio_id, transactions, now).await?;
        work.commit().await?;
        Ok(outcome)
    }

    /// All transactions of a portfolio, in the order in which they were stored; none if the portfolio is not there.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn transactions_of(&self, portfolio_id: &PortfolioId) -> Result<Vec<Transaction>> {
        let rows = reading!(&self.database, pool => {
            sqlx::query_as::<_, TransactionRow>(SELECT_OF_PORTFOLIO).bind(portfolio_id.as_str()).fetch_all(pool).await
        })
        .map_err(Error::query("read the transactions of a portfolio"))?;
        transactions_of(rows)
    }

    /// The transactions whose insertion number is larger than a given one, each with its number and in their order; at
    /// most so many. Numbers grow with every row, but rows that are booked at the same moment may become visible in
    /// another order than theirs.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn transactions_after(&self, number: i64, count_max: u32) -> Result<Vec<(i64, Transaction)>> {
        let rows = reading!(&self.database, pool => {
            sqlx::query_as::<_, NumberedRow>(SELECT_AFTER)
                .bind(number)
                .bind(i64::from(count_max))
                .fetch_all(pool)
                .await
        })
        .map_err(Error::query("read the transactions after a number"))?;
        let mut ids = SharedIds::default();
        rows.into_iter().map(|row| Ok((row.insertion_number, row.row.transaction(&mut ids)?))).collect()
    }

    /// How many transactions have an insertion number up to a given one.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn transaction_count_through(&self, number: i64) -> Result<u64> {
        let count: i64 = reading!(&self.database, pool => {
            sqlx::query_scalar(COUNT_THROUGH_NUMBER).bind(number).fetch_one(pool).await
        })
        .map_err(Error::query("count the transactions up to a number"))?;
        Ok(u64::try_from(count).unwrap_or_default())
    }

    /// A marker of the transactions up to a trade date, e.g. `1203:1207:2024-02-01T02:00:00.000000Z`: how many there
    /// are, the last number given to one of them, and when that one was imported. It changes whenever a transaction is
    /// booked up to that date, also into a store that was set back to an earlier state, and only then.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn transaction_fingerprint(&self, through: BusinessDate) -> Result<String> {
        let (count, last, imported_at) = reading!(&self.database, pool => {
            sqlx::query_as::<_, (i64, i64, String)>(FINGERPRINT).bind(through.to_string()).fetch_one(pool).await
        })
        .map_err(Error::query("read the fingerprint of the transactions"))?;
        Ok(format!("{count}:{last}:{imported_at}"))
    }
}

/// Imports the transactions of one portfolio in a transaction that goes on.
pub(crate) async fn import_within(
    work: &mut SqlTransaction,
    portfolio_id: &PortfolioId,
    transactions: &[Transaction],
    now: DateTime<Utc>,
) -> Result<ImportOutcome> {
    if let Some(other) = transactions.iter().find(|transaction| transaction.portfolio_id != *portfolio_id) {
        return Err(Error::OtherPortfolio {
            transaction_id: other.transaction_id.clone(),
            found: other.portfolio_id.clone(),
            wanted: portfolio_id.clone(),
        });
    }
    if !portfolios::lock(work, portfolio_id).await? {
        return Err(Error::UnknownPortfolio { portfolio_id: portfolio_id.clone() });
    }
    let already = stored(work, portfolio_id).await?;
    let portfolio = portfolios::stored(work, portfolio_id).await?;
    let lock = portfolio.and_then(|portfolio| portfolio.locked_through).filter(|_| !already.is_empty());
    let (new, mut outcome) = sort_out(&already, transactions, lock);
    for chunk in new.chunks(CHUNK_ROWS) {
        outcome.inserted += insert(work, chunk, now).await?;
    }
    tracing::info!(
        portfolio.id = %portfolio_id,
        inserted = outcome.inserted,
        unchanged = outcome.unchanged,
        conflicts = outcome.conflicts.len(),
        locked = outcome.locked.len(),
        "imported {} transactions of portfolio {portfolio_id}",
        outcome.inserted
    );
    Ok(outcome)
}

async fn stored(work: &mut SqlTransaction, portfolio_id: &PortfolioId) -> Result<Vec<Transaction>> {
    let rows = within!(work, open => {
        sqlx::query_as::<_, TransactionRow>(SELECT_OF_PORTFOLIO).bind(portfolio_id.as_str()).fetch_all(open).await
    })
    .map_err(Error::query("read the transactions of a portfolio"))?;
    transactions_of(rows)
}

/// Inserts rows as one JSON text, which both engines unfold into rows: one statement, whatever the number of rows.
async fn insert(work: &mut SqlTransaction, transactions: &[&Transaction], now: DateTime<Utc>) -> Result<u64> {
    let entries: Vec<Entry<'_>> = transactions.iter().map(|transaction| Entry::of(transaction)).collect();
    let json = serde_json::to_string(&entries).map_err(|source| Error::Json { what: "transactions", source })?;
    let text = work.text(&INSERT_MANY);
    within!(work, open => {
        sqlx::query(text).bind(json).bind(instant(now)).execute(open).await.map(|done| done.rows_affected())
    })
    .map_err(Error::query("import transactions"))
}

/// A row on its way into the database.
#[derive(Serialize)]
pub(crate) struct Entry<'a> {
    portfolio_id: &'a str,
    transaction_id: &'a str,
    booking_sequence: i64,
    trade_date: String,
    settlement_date: Option<String>,
    kind: &'a str,
    instrument_id: Option<&'a str>,
    quantity: Option<String>,
    price: Option<String>,
    currency: &'a str,
    fees: String,
    taxes: String,
    net_cash: String,
    counter_currency: Option<&'a str>,
    counter_amount: Option<String>,
    lot_cost: Option<String>,
    lot_acquired_date: Option<String>,
    lots_closed: Option<&'a str>,
    reverses: Option<&'a str>,
    counter_portfolio_id: Option<&'a str>,
    note: &'a str,
    origin: &'a str,
}

impl<'a> Entry<'a> {
    pub(crate) fn of(transaction: &'a Transaction) -> Entry<'a> {
        Entry {
            portfolio_id: transaction.portfolio_id.as_str(),
            transaction_id: &transaction.transaction_id,
            booking_sequence: transaction.booking_sequence,
            trade_date: transaction.trade_date.to_string(),
            settlement_date: transaction.settlement_date.map(|date| date.to_string()),
            kind: &transaction.kind,
            instrument_id: transaction.instrument_id.as_ref().map(InstrumentId::as_str),
            quantity: transaction.quantity.map(|quantity| exact_number(quantity.decimal())),
            price: transaction.price.map(|price| exact_number(price.decimal())),
            currency: transaction.currency.code(),
            fees: exact_number(transaction.fees.decimal()),
            taxes: exact_number(transaction.taxes.decimal()),
            net_cash: exact_number(transaction.net_cash.decimal()),
            counter_currency: transaction.counter_currency.as_ref().map(|currency| currency.code()),
            counter_amount: transaction.counter_amount.map(|amount| exact_number(amount.decimal())),
            lot_cost: transaction.lot_cost.map(|amount| exact_number(amount.decimal())),
            lot_acquired_date: transaction.lot_acquired_date.map(|date| date.to_string()),
            lots_closed: transaction.lots_closed.as_deref(),
            reverses: transaction.reverses.as_deref(),
            counter_portfolio_id: transaction.counter_portfolio_id.as_ref().map(PortfolioId::as_str),
            note: &transaction.note,
            origin: &transaction.origin,
        }
    }
}

#[derive(sqlx::FromRow)]
pub(crate) struct TransactionRow {
    portfolio_id: String,
    transaction_id: String,
    booking_sequence: i64,
    trade_date: String,
    settlement_date: Option<String>,
    kind: String,
    instrument_id: Option<String>,
    quantity: Option<String>,
    price: Option<String>,
    currency: String,
    fees: String,
    taxes: String,
    net_cash: String,
    counter_currency: Option<String>,
    counter_amount: Option<String>,
    lot_cost: Option<String>,
    lot_acquired_date: Option<String>,
    lots_closed: Option<String>,
    reverses: Option<String>,
    counter_portfolio_id: Option<String>,
    note: String,
    origin: String,
    imported_at: String,
}

/// A row with the number that was given to it when it was inserted.
#[derive(sqlx::FromRow)]
struct NumberedRow {
    insertion_number: i64,
    #[sqlx(flatten)]
    row: TransactionRow,
}

const TABLE: &str = "transactions";

pub(crate) fn transactions_of(rows: Vec<TransactionRow>) -> Result<Vec<Transaction>> {
    let mut ids = SharedIds::default();
    rows.into_iter().map(|row| row.transaction(&mut ids)).collect()
}

impl TransactionRow {
    fn transaction(self, ids: &mut SharedIds) -> Result<Transaction> {
        Ok(Transaction {
            portfolio_id: ids.portfolio(self.portfolio_id)?,
            transaction_id: self.transaction_id,
            booking_sequence: self.booking_sequence,
            trade_date: parsed(TABLE, "trade_date", &self.trade_date)?,
            settlement_date: parsed_or_none(TABLE, "settlement_date", self.settlement_date.as_deref())?,
            kind: self.kind,
            instrument_id: self.instrument_id.map(|text| ids.instrument(text)).transpose()?,
            quantity: parsed_or_none(TABLE, "quantity", self.quantity.as_deref())?,
            price: parsed_or_none(TABLE, "price", self.price.as_deref())?,
            currency: parsed(TABLE, "currency", &self.currency)?,
            fees: parsed(TABLE, "fees", &self.fees)?,
            taxes: parsed(TABLE, "taxes", &self.taxes)?,
            net_cash: parsed(TABLE, "net_cash", &self.net_cash)?,
            counter_currency: parsed_or_none(TABLE, "counter_currency", self.counter_currency.as_deref())?,
            counter_amount: parsed_or_none(TABLE, "counter_amount", self.counter_amount.as_deref())?,
            lot_cost: parsed_or_none(TABLE, "lot_cost", self.lot_cost.as_deref())?,
            lot_acquired_date: parsed_or_none(TABLE, "lot_acquired_date", self.lot_acquired_date.as_deref())?,
            lots_closed: self.lots_closed,
            reverses: self.reverses,
            counter_portfolio_id: self.counter_portfolio_id.map(|text| ids.portfolio(text)).transpose()?,
            recorded_at: Some(parsed(TABLE, "imported_at", &self.imported_at)?),
            note: self.note,
            origin: self.origin,
        })
    }
}

/// Ids that have been read, so that a million rows of one portfolio hold its id once.
#[derive(Default)]
struct SharedIds {
    portfolios: HashMap<String, PortfolioId>,
    instruments: HashMap<String, InstrumentId>,
}

impl SharedIds {
    fn portfolio(&mut self, text: String) -> Result<PortfolioId> {
        if let Some(id) = self.portfolios.get(&text) {
            return Ok(id.clone());
        }
        let id: PortfolioId = parsed(TABLE, "portfolio_id", &text)?;
        self.portfolios.insert(text, id.clone());
        Ok(id)
    }

    fn instrument(&mut self, text: String) -> Result<InstrumentId> {
        if let Some(id) = self.instruments.get(&text) {
            return Ok(id.clone());
        }
        let id: InstrumentId = parsed(TABLE, "instrument_id", &text)?;
        self.instruments.insert(text, id.clone());
        Ok(id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conflicts::differing_fields;

    fn deposit(transaction_id: &str, net_cash: &str) -> Transaction {
        Transaction {
            portfolio_id: "P1".parse().expect("an id"),
            transaction_id: transaction_id.to_owned(),
            booking_sequence: 1,
            trade_date: "2014-01-02".parse().expect("a date"),
            settlement_date: None,
            kind: "DEPOSIT".to_owned(),
            instrument_id: None,
            quantity: None,
            price: None,
            currency: "EUR".parse().expect("a currency"),
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
            origin: "a.csv:1".to_owned(),
        }
    }

    #[test]
    fn notes_origins_and_trailing_zeros_make_no_difference() {
        let stored = [deposit("1", "100")];
        let mut again = deposit("1", "100.00");
        again.note = "seen twice".to_owned();
        again.origin = "b.csv:9".to_owned();
        again.recorded_at = Some("2014-01-03T02:00:00Z".parse().expect("an instant"));
        let given = [again];
        let (new, outcome) = sort_out(&stored, &given, None);
        assert!(new.is_empty());
        assert_eq!(outcome, ImportOutcome { unchanged: 1, ..ImportOutcome::default() });
    }

    #[test]
    fn one_id_twice_in_one_file_is_a_conflict_with_itself() {
        let given = [deposit("1", "100"), deposit("1", "100"), deposit("1", "101")];
        let (new, outcome) = sort_out(&[], &given, None);
        assert_eq!(new.len(), 1);
        assert_eq!(outcome.unchanged, 1);
        let messages: Vec<&str> = outcome.conflicts.iter().map(|conflict| conflict.message.as_str()).collect();
        assert_eq!(messages.len(), 1);
        assert!(messages[0].contains("other content: net_cash 100 -> 101; "), "{}", messages[0]);
    }

    #[test]
    fn a_conflict_names_both_values_and_does_not_have_a_detail_corrected_that_was_only_empty() {
        let settled =
            |date: &str| Transaction { settlement_date: Some(date.parse().expect("a date")), ..deposit("1", "100") };
        let told = |stored: Transaction, given: Transaction| {
            let (stored, given) = ([stored], [given]);
            let (_, outcome) = sort_out(&stored, &given, None);
            outcome.conflicts.into_iter().map(|conflict| conflict.message).collect::<String>()
        };
        assert_eq!(
            told(deposit("1", "100"), settled("2014-01-06")),
            "transaction `1` is booked already (from a.csv:1) with other content: settlement_date (empty) -> \
             2014-01-06; a booked transaction never changes: to fill in what was empty, take it back with a REVERSAL \
             and book the whole row under a new id"
        );
        let moved = Transaction { net_cash: "-7.50".parse().expect("a number"), ..settled("2014-01-07") };
        let message = told(settled("2014-01-06"), moved);
        let fields = "settlement_date 2014-01-06 -> 2014-01-07, net_cash 100 -> -7.5; ";
        assert!(message.contains(fields) && message.ends_with("book a correction under a new id"), "{message}");
    }

    #[test]
    fn every_booked_field_makes_a_difference() {
        let stored = deposit("1", "100");
        type Change = fn(&mut Transaction);
        let changes: [(&str, Change); 6] = [
            ("settlement_date", |row| row.settlement_date = Some("2014-01-06".parse().expect("a date"))),
            ("lot_cost", |row| row.lot_cost = Some("7".parse().expect("a number"))),
            ("lot_acquired_date", |row| row.lot_acquired_date = Some("2013-05-06".parse().expect("a date"))),
            ("lots_closed", |row| row.lots_closed = Some("17=40".to_owned())),
            ("reverses", |row| row.reverses = Some("17".to_owned())),
            ("counter_portfolio_id", |row| row.counter_portfolio_id = Some("P2".parse().expect("an id"))),
        ];
        for (field, change) in changes {
            let mut changed = stored.clone();
            change(&mut changed);
            assert_eq!(differing_fields(&stored, &changed), [field]);
        }
    }

    #[test]
    fn a_closed_year_takes_nothing_new_and_knows_what_it_has() {
        let stored = [deposit("1", "100")];
        let mut after = deposit("3", "7");
        after.trade_date = "2014-01-03".parse().expect("a date");
        let given = [deposit("1", "100"), deposit("2", "5"), after, deposit("1", "101")];
        let lock = Some("2014-01-02".parse().expect("a date"));
        let (new, outcome) = sort_out(&stored, &given, lock);
        let ids: Vec<&str> = new.iter().map(|row| row.transaction_id.as_str()).collect();
        assert_eq!((ids, outcome.unchanged, outcome.conflicts.len()), (vec!["3"], 1, 1));
        let [refused] = outcome.locked.as_slice() else { panic!("one is dated in a closed year: {outcome:?}") };
        assert_eq!((refused.transaction_id.as_str(), refused.origin.as_str()), ("2", "a.csv:1"));
        assert_eq!(
            refused.message,
            "transaction `2` is dated 2014-01-02, and the books of `P1` are closed through 2014-01-02; book it, or the \
             correction that it is, with a date after 2014-01-02"
        );
    }
}
