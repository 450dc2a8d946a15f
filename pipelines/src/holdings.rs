//! What a portfolio holds on a day: units and cash by trade or by settlement date, and what lies between the two.
//!
//! It is the sum of the transactions, with the splits that were announced: it needs no night, and a correction counts
//! as soon as it is booked. Where an issuer did something else to units that were held (a merger, a spin-off), the sum
//! does not know it; then the positions of the last night count, if nothing was booked since.

use std::collections::{BTreeMap, BTreeSet};

use lake::{DateRange, Lake};
use ledger::reconciliation::{
    AnnouncedSplit, BalanceBasis, Balances, Pending, Unsettled, announced_split, balances, is_replayed, unsettled,
};
use schemas::table::Record;
use schemas::tables::corporate_actions::CorporateAction;
use schemas::tables::instruments::Instrument;
use schemas::tables::portfolios::Portfolio;
use schemas::tables::transactions::Transaction;
use schemas::{BusinessDate, InstrumentId, MarketId};

use crate::error::Error;

/// Days before a day in which the last night must lie for its positions to count.
const BOOKS_DAYS: i64 = 10;

/// What markets list and what their issuers announced, read once for all portfolios.
#[derive(Clone, Debug, Default)]
pub struct Markets {
    instruments: BTreeMap<MarketId, BTreeMap<InstrumentId, Instrument>>,
    actions: BTreeMap<MarketId, Vec<CorporateAction>>,
}

/// What a portfolio holds at the close of a day on one basis.
#[derive(Clone, Debug, PartialEq)]
pub struct Holdings {
    /// Units and cash.
    pub balances: Balances,
    /// By settlement date: what is traded and not settled yet, the first to settle first.
    pub pending: Vec<PendingTransaction>,
    /// What else a person should know, in sentences.
    pub notes: Vec<String>,
}

/// A transaction that is traded and not settled yet.
#[derive(Clone, Debug, PartialEq)]
pub struct PendingTransaction {
    /// Its id in the portfolio.
    pub transaction_id: String,
    /// Its kind, e.g. `BUY`.
    pub kind: String,
    /// The day of the trade.
    pub trade_date: BusinessDate,
    /// The day on which cash and securities change hands.
    pub settlement_date: BusinessDate,
    /// If it is a REVERSAL: the transaction that it takes back.
    pub reverses: Option<String>,
    /// Units and cash that will come in, negative if they go out; in units of the day that was asked for.
    pub moves: Balances,
}

/// What a portfolio holds, or the reason why it cannot be told.
pub type Told = Result<Holdings, String>;

/// Reads what all markets list and announced.
///
/// # Errors
/// [`Error::Lake`] if a table cannot be read.
pub async fn read_markets(lake: &Lake) -> Result<Markets, Error> {
    let mut markets = Markets::default();
    let snapshot = lake.snapshot(Instrument::TABLE).await?;
    for row in lake::read::rows::<Instrument>(&snapshot, lake, DateRange::ALL).await? {
        let of_market = markets.instruments.entry(row.market_id.clone()).or_default();
        of_market.insert(row.instrument_id.clone(), row);
    }
    let snapshot = lake.snapshot(CorporateAction::TABLE).await?;
    for row in lake::read::rows::<CorporateAction>(&snapshot, lake, DateRange::ALL).await? {
        markets.actions.entry(row.market_id.clone()).or_default().push(row);
    }
    for actions in markets.actions.values_mut() {
        actions.sort_by(|left, right| (left.ex_date, &left.kind).cmp(&(right.ex_date, &right.kind)));
    }
    Ok(markets)
}

/// What a portfolio holds at the close of a day.
///
/// - `transactions`: all of the portfolio, the later ones as well.
///
/// # Errors
/// [`Error::Lake`] if a table cannot be read. What stands in the way of this portfolio alone is no error.
pub async fn holdings(
    lake: &Lake,
    markets: &Markets,
    portfolio: &Portfolio,
    transactions: &[Transaction],
    date: BusinessDate,
    basis: BalanceBasis,
) -> Result<Told, Error> {
    let (actions, splits) = (markets.actions_in(&portfolio.market_id), markets.splits_in(&portfolio.market_id));
    let bookings = Bookings { lake, portfolio, transactions, actions, splits: &splits, date };
    let mut notes = Vec::new();
    let balances = match bookings.balances(basis, &mut notes).await? {
        Ok(balances) => balances,
        Err(reason) => return Ok(Err(reason)),
    };
    if basis == BalanceBasis::Trade {
        return Ok(Ok(Holdings { balances, pending: Vec::new(), notes }));
    }
    let Unsettled { pending, rest } = match bookings.unsettled() {
        Ok(found) => found,
        Err(reason) => return Ok(Err(reason)),
    };
    for (instrument, units) in &rest.units {
        notes.push(format!(
            "by trade date there are {} units of {} more, which belong to no pending trade: a REVERSAL that settles \
             later takes back a SPLIT or a WRITE_OFF",
            units.normalize(),
            instrument.symbol()
        ));
    }
    let booked = bookings.that_matter();
    if !booked.is_empty() && booked.iter().all(|row| row.settlement_date.is_none()) {
        notes.push(format!(
            "no transaction up to {date} has a settlement date of its own: each counts from its trade date, and both \
             bases are the same"
        ));
    }
    let pending = pending.iter().map(PendingTransaction::of).collect();
    Ok(Ok(Holdings { balances, pending, notes }))
}

impl PendingTransaction {
    fn of(pending: &Pending<'_>) -> PendingTransaction {
        PendingTransaction {
            transaction_id: pending.booked.transaction_id.clone(),
            kind: pending.booked.kind.clone(),
            trade_date: pending.booked.trade_date,
            settlement_date: pending.settlement_date(),
            reverses: pending.booked.reverses.clone(),
            moves: pending.moves.clone(),
        }
    }
}

impl Markets {
    /// The instruments that a market lists; none if it is not known.
    pub(crate) fn instruments_in(&self, market_id: &MarketId) -> Option<&BTreeMap<InstrumentId, Instrument>> {
        self.instruments.get(market_id)
    }

    /// What the issuers of a market announced, by ex-date.
    pub(crate) fn actions_in(&self, market_id: &MarketId) -> &[CorporateAction] {
        self.actions.get(market_id).map_or(&[][..], Vec::as_slice)
    }

    /// The splits that multiply units: those of instruments whose quotes are as traded.
    pub(crate) fn splits_in(&self, market_id: &MarketId) -> Vec<AnnouncedSplit> {
        let Some(instruments) = self.instruments.get(market_id) else { return Vec::new() };
        let is_as_traded = |action: &&CorporateAction| {
            instruments.get(&action.instrument_id).is_some_and(|instrument| instrument.adjusted == "none")
        };
        let applied = self.actions_in(market_id).iter().filter(|action| is_replayed(action)).filter(is_as_traded);
        applied.filter_map(announced_split).collect()
    }
}

/// What the balances of a portfolio on a day are worked out from.
#[derive(Clone, Copy)]
pub(crate) struct Bookings<'a> {
    pub(crate) lake: &'a Lake,
    pub(crate) portfolio: &'a Portfolio,
    pub(crate) transactions: &'a [Transaction],
    pub(crate) actions: &'a [CorporateAction],
    pub(crate) splits: &'a [AnnouncedSplit],
    pub(crate) date: BusinessDate,
}

impl<'a> Bookings<'a> {
    /// The balances on a basis, or why they cannot be told.
    pub(crate) async fn balances(
        &self,
        basis: BalanceBasis,
        notes: &mut Vec<String>,
    ) -> Result<Result<Balances, String>, Error> {
        let by_sum = match self.sum(basis) {
            Ok(by_sum) => by_sum,
            Err(reason) => return Ok(Err(reason)),
        };
        let Some(action) = self.beyond_a_sum() else { return Ok(Ok(by_sum)) };
        let event = named(action);
        let books = match self.positions(action).await? {
            Ok(books) => books,
            Err(problem) => return Ok(Err(format!("{event} takes the positions of a night: {problem}"))),
        };
        notes.push(format!("the positions are those of the last night, because of {event}"));
        Ok(match basis {
            BalanceBasis::Trade => Ok(books),
            BalanceBasis::Settlement => self.settled_of(&books, &by_sum),
        })
    }

    fn sum(&self, basis: BalanceBasis) -> Result<Balances, String> {
        let id = &self.portfolio.portfolio_id;
        balances(id, self.transactions, self.splits, self.date, basis).map_err(|error| error.to_string())
    }

    /// The transactions up to the day, and the REVERSALs of these, whenever they are dated.
    fn that_matter(&self) -> Vec<&'a Transaction> {
        let by_then = |row: &&Transaction| row.trade_date <= self.date;
        let ids: BTreeSet<&str> =
            self.transactions.iter().filter(by_then).map(|row| row.transaction_id.as_str()).collect();
        let takes_back = |row: &Transaction| row.reverses.as_deref().is_some_and(|id| ids.contains(id));
        self.transactions.iter().filter(|row| by_then(row) || takes_back(row)).collect()
    }

    fn unsettled(&self) -> Result<Unsettled<'a>, String> {
        let id = &self.portfolio.portfolio_id;
        unsettled(id, self.transactions, self.splits, self.date).map_err(|error| error.to_string())
    }

    /// The positions of a night without what is traded and not settled yet, which is in them.
    fn settled_of(&self, books: &Balances, by_settlement: &Balances) -> Result<Balances, String> {
        let found = self.unsettled()?;
        for pending in found.pending.iter().filter(|pending| !pending.moves.units.is_empty()) {
            // What a merger made of units that have not come yet cannot be taken off by their number.
            if let Some(action) = self.beyond_a_sum_of(pending.takes_back.unwrap_or(pending.booked)) {
                let (booked, settles) = (pending.booked, pending.settlement_date());
                return Err(format!(
                    "transaction {} ({} of {}) settles on {settles}, after {}: what is settled cannot be told; take \
                     the trade date basis, or a day from {settles} on",
                    booked.transaction_id,
                    booked.kind,
                    booked.trade_date,
                    named(action)
                ));
            }
        }
        let not_settled = self.sum(BalanceBasis::Trade)?.without(by_settlement);
        let left = not_settled.and_then(|not_settled| books.without(&not_settled));
        left.ok_or_else(|| "a balance has more than 28 digits".to_owned())
    }

    /// The last corporate action of something that was traded before, which a sum of transactions does not know.
    pub(crate) fn beyond_a_sum(&self) -> Option<&'a CorporateAction> {
        let touched = |action: &&CorporateAction| {
            self.transactions.iter().any(|booked| {
                booked.instrument_id.as_ref() == Some(&action.instrument_id) && booked.trade_date < action.ex_date
            })
        };
        self.not_replayed().filter(touched).max_by_key(|action| action.ex_date)
    }

    /// A corporate action that came after a transaction in its instrument, which a sum of transactions does not know.
    fn beyond_a_sum_of(&self, booked: &Transaction) -> Option<&'a CorporateAction> {
        self.not_replayed().find(|action| {
            booked.instrument_id.as_ref() == Some(&action.instrument_id) && booked.trade_date < action.ex_date
        })
    }

    fn not_replayed(&self) -> impl Iterator<Item = &'a CorporateAction> {
        let date = self.date;
        self.actions.iter().filter(move |action| action.ex_date <= date && !is_replayed(action))
    }

    /// The positions of the last night on or before the day, or why they cannot be used.
    async fn positions(&self, action: &CorporateAction) -> Result<Result<Balances, String>, Error> {
        let (id, date) = (&self.portfolio.portfolio_id, self.date);
        let advice = format!("run `financr run nightly --date {date}` first");
        let booked = self.that_matter();
        let through = booked.iter().map(|row| row.trade_date).max().unwrap_or(date).max(date);
        let seen = lake::read::transactions(self.lake, id, self.portfolio.start_date, through).await?;
        let seen: BTreeSet<&str> = seen.iter().map(|row| row.transaction_id.as_str()).collect();
        let unseen = booked.iter().filter(|row| !seen.contains(row.transaction_id.as_str())).count();
        if 0 < unseen {
            return Ok(Err(format!("{unseen} transactions were booked since the last one; {advice}")));
        }
        let mut first = date;
        for _ in 0..BOOKS_DAYS {
            first = first.previous_calendar_day();
        }
        let values = lake::read::portfolio_values(self.lake, id, first, date).await?;
        match values.iter().map(|row| row.business_date).max() {
            None => return Ok(Err(format!("there was none in the days before; {advice}"))),
            Some(last) if last < action.ex_date => {
                return Ok(Err(format!("the last one was before it, on {last}; {advice}")));
            }
            Some(_) => {}
        }
        let mut found = Balances::default();
        for position in lake::read::positions(self.lake, id, date).await? {
            if position.instrument_id.is_cash() {
                found.cash.insert(position.currency, position.quantity.decimal());
            } else {
                found.units.insert(position.instrument_id, position.quantity.decimal());
            }
        }
        Ok(Ok(found))
    }
}

/// A corporate action in words, e.g. `a MERGER of ACME on 2024-01-17`.
fn named(action: &CorporateAction) -> String {
    format!("a {} of {} on {}", action.kind, action.instrument_id.symbol(), action.ex_date)
}
