//! What is to be booked, in the order of booking.

use std::collections::{BTreeSet, HashMap, HashSet};

use schemas::tables::corporate_actions::CorporateAction;
use schemas::tables::transactions::Transaction;
use schemas::{BusinessDate, PortfolioId};

use super::BookInputs;
use crate::corporate_actions::{LATE_BOOKING_DAYS, is_booked_as, kind_of, order_of, unit_ratio};
use crate::cost_basis_schedule::MethodSchedule;
use crate::error::Error;
use crate::lots::CostBasis;
use crate::transaction::TransactionKind;

/// Something to book on a day.
#[derive(Clone, Copy, Debug)]
pub(super) struct Event<'a> {
    /// The day of the trade, or the ex-date.
    pub(super) date: BusinessDate,
    /// What is to be booked.
    pub(super) what: What<'a>,
}

/// What there is to book.
#[derive(Clone, Copy, Debug)]
pub(super) enum What<'a> {
    /// From this day on another method finds the cost.
    Method { from: &'static CostBasis, to: &'static CostBasis },
    /// Something that the issuer of a listed instrument announced.
    Action { line: usize, action: &'a CorporateAction },
    /// A transaction of the portfolio; the line of its instrument, if it has one.
    Transaction { kind: TransactionKind, line: Option<usize>, transaction: &'a Transaction },
}

/// Days by which a broker's booking of an announcement may come before its ex-date.
const EARLY_BOOKING_DAYS: i64 = 7;

/// Whether a transaction is the broker's booking of a change of units that the market announced.
pub(crate) fn is_booking_of(transaction: &Transaction, ex_date: BusinessDate, ratio: (i64, i64)) -> bool {
    transaction.kind == TransactionKind::Split.code()
        && (-EARLY_BOOKING_DAYS..=LATE_BOOKING_DAYS).contains(&transaction.trade_date.days_since(ex_date))
        && transaction.quantity.is_some_and(|booked| is_booked_as(ratio, booked.decimal()))
}

/// The kinds of transactions by which brokers book what issuers announce. Trades are among them only if they move just
/// the units that the announcement does, which is known when it is applied.
const BOOKED_AS: &[TransactionKind] = &[
    TransactionKind::Split,
    TransactionKind::StockDividend,
    TransactionKind::DividendInKind,
    TransactionKind::DividendReinvested,
    TransactionKind::ReturnOfCapital,
    TransactionKind::WriteOff,
];

/// What the portfolio itself booked, by the line of the instrument.
type Booked<'a> = HashMap<usize, Vec<(TransactionKind, &'a Transaction)>>;

/// Whether a transaction is the broker's booking of an announcement: of a kind that stands for it, near the ex-date,
/// and for a change of units by the same ratio.
fn is_booked(action: &CorporateAction, kind: TransactionKind, transaction: &Transaction) -> bool {
    if !kind_of(&action.kind).is_some_and(|announced| announced.booked_as.contains(&kind)) {
        return false;
    }
    match unit_ratio(action).filter(|_| kind == TransactionKind::Split) {
        Some(ratio) => is_booking_of(transaction, action.ex_date, ratio),
        None => {
            let near =
                |date| (-EARLY_BOOKING_DAYS..=LATE_BOOKING_DAYS).contains(&transaction.trade_date.days_since(date));
            near(action.ex_date) || action.pay_date.is_some_and(near)
        }
    }
}

/// The transactions that were not taken back, and what issuers announced of the instruments that they touch. An action
/// that the portfolio books itself, on the ex-date or near it, is not applied twice.
pub(super) fn in_order<'a>(inputs: &BookInputs<'a>, schedule: &MethodSchedule) -> Result<Vec<Event<'a>>, Error> {
    let taken_back: HashSet<&str> =
        inputs.transactions.iter().filter_map(|transaction| transaction.reverses.as_deref()).collect();
    let mut events = Vec::with_capacity(inputs.transactions.len());
    let mut lines = BTreeSet::new();
    for transaction in inputs.transactions {
        let kind: TransactionKind = transaction.kind.parse()?;
        if kind == TransactionKind::Reversal || taken_back.contains(transaction.transaction_id.as_str()) {
            continue;
        }
        let line = match &transaction.instrument_id {
            None => None,
            Some(instrument) => {
                let line = inputs.board.line(instrument);
                // What needs no listing (a fee that names an instrument) is booked without one.
                lines.extend(line);
                line
            }
        };
        events.push(Event { date: transaction.trade_date, what: What::Transaction { kind, line, transaction } });
    }
    // What an issuer gives to holders is touched by them, too.
    let mut waiting: Vec<usize> = lines.iter().copied().collect();
    while let Some(line) = waiting.pop() {
        let Some(listing) = inputs.board.listings().get(line) else { continue };
        for target in listing.actions().iter().filter_map(|action| action.target_instrument_id.as_ref()) {
            waiting.extend(inputs.board.line(target).filter(|target| lines.insert(*target)));
        }
    }
    let mut booked: Option<Booked<'a>> = None;
    let mut split_by_portfolio = Vec::new();
    for line in lines {
        let Some(listing) = inputs.board.listings().get(line) else { continue };
        for action in listing.actions() {
            let booked = booked.get_or_insert_with(|| booked_by_line(&events));
            // Where quotes are adjusted for changes of units, quantities are, too.
            let counts = listing.is_unadjusted() || unit_ratio(action).is_none();
            let target = action.target_instrument_id.as_ref().and_then(|target| inputs.board.line(target));
            if counts && !is_booked_by_portfolio(booked, action, (line, target)) {
                events.push(Event { date: action.ex_date, what: What::Action { line, action } });
            } else if let Some(ratio) = unit_ratio(action).filter(|_| counts) {
                split_by_portfolio.push((line, action.ex_date, ratio));
            }
        }
    }
    for (line, ex_date, ratio) in split_by_portfolio {
        split_on_ex_date(&mut events, line, ex_date, ratio);
    }
    for (date, to) in schedule.changes() {
        let from = schedule.on(date.previous_calendar_day());
        events.push(Event { date: *date, what: What::Method { from, to } });
    }
    events.sort_by(|left, right| left.order().cmp(&right.order()));
    Ok(events)
}

/// Moves a broker's booking of a split to the ex-date: from then on closes and trades count in new units, however
/// late it was booked. One that also moves cash stays where its cash is.
fn split_on_ex_date(events: &mut [Event<'_>], line: usize, ex_date: BusinessDate, ratio: (i64, i64)) {
    for event in events {
        if let What::Transaction { kind: TransactionKind::Split, line: Some(of), transaction } = event.what
            && of == line
            && ex_date <= transaction.trade_date
            && transaction.net_cash.decimal().is_zero()
            && is_booking_of(transaction, ex_date, ratio)
        {
            event.date = ex_date;
        }
    }
}

/// What the portfolio booked that can stand for an announcement.
fn booked_by_line<'a>(events: &[Event<'a>]) -> Booked<'a> {
    let mut booked: Booked<'a> = HashMap::new();
    for event in events {
        if let What::Transaction { kind, line: Some(line), transaction } = event.what
            && BOOKED_AS.contains(&kind)
        {
            booked.entry(line).or_default().push((kind, transaction));
        }
    }
    booked
}

/// Whether the portfolio booked an announcement itself: on the line of its instrument, or, where units of another
/// instrument are received, on the line of that one.
fn is_booked_by_portfolio(booked: &Booked<'_>, action: &CorporateAction, lines: (usize, Option<usize>)) -> bool {
    let (line, target) = lines;
    let on = |line: usize, is_on_target: bool| {
        booked.get(&line).into_iter().flatten().any(|(kind, transaction)| {
            let brings_target = *kind == TransactionKind::DividendInKind;
            (target.is_none() || brings_target == is_on_target) && is_booked(action, *kind, transaction)
        })
    };
    on(line, false) || target.is_some_and(|target| on(target, true))
}

impl Event<'_> {
    /// An error of booking with what it comes from: the announcement, or the transaction if it is about a number. More
    /// units chosen than held are a mistake of the portfolio, and not of the announcement.
    pub(super) fn named(&self, portfolio_id: &PortfolioId, error: Error) -> Error {
        match (self.what, error) {
            (What::Transaction { transaction, .. }, error @ Error::Overflow { .. }) => Error::TooLarge {
                portfolio_id: transaction.portfolio_id.clone(),
                transaction_id: transaction.transaction_id.clone(),
                source: Box::new(error),
            },
            (What::Action { .. }, error @ Error::Election { .. }) => error,
            (What::Action { action, .. }, error) => Error::Announcement {
                portfolio_id: portfolio_id.clone(),
                announcement: Box::new(action.into()),
                source: Box::new(error),
            },
            (_, error) => error,
        }
    }

    /// Sorts what issuers do before all else of its day, then by booking; the id decides where two lines have one
    /// place.
    fn order(&self) -> (BusinessDate, u8, i64, &str) {
        match self.what {
            What::Method { .. } => (self.date, 0, 0, ""),
            What::Action { action, .. } => {
                let place = i64::try_from(order_of(&action.kind)).unwrap_or(i64::MAX);
                (self.date, 1, place, action.instrument_id.as_str())
            }
            What::Transaction { kind, transaction, .. } => {
                let class = if kind == TransactionKind::Split { 2 } else { 3 };
                (self.date, class, transaction.booking_sequence, &transaction.transaction_id)
            }
        }
    }
}
