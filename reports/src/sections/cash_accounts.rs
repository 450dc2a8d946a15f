//! The cash of each currency, from the balance at start through every line to the balance at end.
//!
//! Balances at start come from the positions of the last valuation date by then and from what was booked between it and
//! the start, e.g. on a Saturday; balances at end from the valuations of the closing date.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;
use schemas::tables::transactions::Transaction;
use schemas::{Amount, BusinessDate, Currency};

use crate::document::Cell;
use crate::error::Error;
use crate::input::StatementInput;
use crate::texts::ListSentence;

/// What overflows here.
const WHAT: &str = "a cash balance";

/// The accounts of a period.
pub(crate) struct Accounts {
    /// The balances so far; none if they are not known.
    pub(crate) balances: Option<BTreeMap<Currency, Decimal>>,
    /// The balances at start; none if they are not known.
    pub(crate) at_start: Option<BTreeMap<Currency, Decimal>>,
}

impl Accounts {
    /// Moves cash on the account of a currency, and says what there is after it.
    ///
    /// # Errors
    /// [`Error::Overflow`] if the balance does not fit.
    pub(crate) fn moved(&mut self, currency: Currency, amount: Decimal) -> Result<Option<Decimal>, Error> {
        let Some(balances) = &mut self.balances else { return Ok(None) };
        add(balances, currency, amount).map(Some)
    }

    /// A movement is not known, and so is no balance after it.
    pub(crate) fn lose(&mut self) {
        self.balances = None;
    }

    /// The balances of a currency at start and at end as they are printed; the reason where that at start is not known.
    pub(crate) fn printed(&self, input: &StatementInput, currency: Currency) -> (Cell, Cell) {
        let texts = input.texts();
        let unknown = || {
            let date = texts.date(input.period_start);
            Cell::unavailable(texts.sentence_with(ListSentence::NoBalanceAtStart, &[("date", &date)]))
        };
        let at_start = self.at_start.as_ref().map(|balances| balances.get(&currency).copied().unwrap_or_default());
        let start = at_start.map_or_else(unknown, |balance| Cell::money(Amount::new(balance), currency));
        (start, Cell::money(Amount::new(at_end(input, currency)), currency))
    }

    /// The currencies that had cash at the start or moved some since.
    pub(crate) fn currencies(&self) -> BTreeSet<Currency> {
        self.at_start.iter().chain(&self.balances).flat_map(BTreeMap::keys).copied().collect()
    }
}

fn add(balances: &mut BTreeMap<Currency, Decimal>, currency: Currency, amount: Decimal) -> Result<Decimal, Error> {
    let balance = balances.entry(currency).or_default();
    *balance = balance.checked_add(amount).ok_or(Error::Overflow { what: WHAT })?;
    Ok(*balance)
}

/// The accounts as they were at the close of the opening date.
///
/// # Errors
/// [`Error::Overflow`] if a balance does not fit.
pub(crate) fn at_start(input: &StatementInput) -> Result<Accounts, Error> {
    let opening = input.period_start;
    let valued = input.portfolio_values.iter().map(|row| row.business_date);
    let last = valued.filter(|date| *date <= opening).max();
    let starts_inside = opening < input.portfolio.start_date
        || input
            .portfolio_values
            .iter()
            .min_by_key(|row| row.business_date)
            .is_some_and(|first| opening < first.business_date && first.previous_business_date.is_none());
    if last.is_none() && !starts_inside {
        return Ok(Accounts { balances: None, at_start: None });
    }
    let mut balances = last.map(|last| held_on(input, last)).unwrap_or_default();
    for (currency, amount) in booked_between(input, last, opening) {
        add(&mut balances, currency, amount)?;
    }
    balances.retain(|_, balance| !balance.is_zero());
    Ok(Accounts { balances: Some(balances.clone()), at_start: Some(balances) })
}

/// The cash among the positions of a date.
fn held_on(input: &StatementInput, date: BusinessDate) -> BTreeMap<Currency, Decimal> {
    let cash = input.positions.iter().filter(|row| row.instrument_id.is_cash() && row.business_date <= date);
    let mut rows: Vec<_> = cash.collect();
    rows.sort_by_key(|row| row.business_date);
    rows.into_iter().map(|row| (row.currency, row.quantity.decimal())).collect()
}

/// What moved cash after a valuation date and up to another day, without what was taken back.
fn booked_between(
    input: &StatementInput,
    after: Option<BusinessDate>,
    through: BusinessDate,
) -> Vec<(Currency, Decimal)> {
    let taken_back = input.taken_back_ids();
    let counts = |row: &&Transaction| {
        let is_between = after.is_none_or(|after| after < row.trade_date) && row.trade_date <= through;
        is_between && row.reverses.is_none() && !taken_back.contains(row.transaction_id.as_str())
    };
    let mut moves = Vec::new();
    for row in input.further.other_bookings.iter().filter(counts) {
        moves.push((row.currency, row.net_cash.decimal()));
        moves.extend(row.counter_currency.zip(row.counter_amount.map(|amount| amount.decimal())));
    }
    moves
}

/// The balance of a currency at the close of the closing date; zero if there is none.
fn at_end(input: &StatementInput, currency: Currency) -> Decimal {
    let mut cash = input.valuations.iter().filter(|row| row.instrument_id.is_cash() && row.currency == currency);
    cash.next().map_or(Decimal::ZERO, |row| row.quantity.decimal())
}

/// Refuses a list of which the lines do not lead from the balances at start to those at end.
///
/// # Errors
/// [`Error::CashDoesNotFoot`] names the first currency and what is left.
pub(crate) fn refuse_residual(input: &StatementInput, accounts: &Accounts) -> Result<(), Error> {
    let Some(balances) = &accounts.balances else { return Ok(()) };
    let held = input.valuations.iter().filter(|row| row.instrument_id.is_cash()).map(|row| row.currency);
    let currencies: BTreeSet<Currency> = held.chain(balances.keys().copied()).collect();
    for currency in currencies {
        let balance = balances.get(&currency).copied().unwrap_or_default();
        let residual = at_end(input, currency).checked_sub(balance).ok_or(Error::Overflow { what: WHAT })?;
        if !residual.is_zero() {
            let portfolio_id = input.portfolio.portfolio_id.clone();
            return Err(Error::CashDoesNotFoot { portfolio_id, date: input.business_date, residual, currency });
        }
    }
    Ok(())
}
