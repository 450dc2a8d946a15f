//! What the books took from announcements that issuers deliver later: counted from the ex-date, paid on the pay date.
//!
//! The cash is what a night booked from the announcement. The units are what the position became on the ex-date beyond
//! the trades, so that a choice of the holder, a fraction that was sold, and a booking of the broker's own are right
//! without being worked out a second time. Where something else changed the units as well, they are not told apart and
//! none are named.

use std::collections::{BTreeMap, BTreeSet};

use lake::DateRange;
use ledger::TransactionKind;
use ledger::corporate_actions::event_id;
use ledger::reconciliation::{BalanceBasis, Balances, Undelivered, announced_split, balances, is_replayed};
use rust_decimal::Decimal;
use schemas::table::Record;
use schemas::tables::action_payments::ActionPayment;
use schemas::tables::corporate_actions::CorporateAction;
use schemas::tables::transactions::Transaction;
use schemas::{BusinessDate, InstrumentId};

use crate::error::Error;
use crate::holdings::Bookings;

/// A corporate action of which the broker books all that holders get, cash and units.
const BOOKED_BY_BROKER: &str = "DIVIDEND_REINVESTMENT";

impl<'a> Bookings<'a> {
    /// What the night took from announcements whose day of payment comes after the day that is asked for. Nothing where
    /// the sum of the transactions counts and not the positions of a night: there is nothing announced in it.
    ///
    /// - `held`: the balances of the day, by the books.
    pub(crate) async fn undelivered(&self, held: &Balances) -> Result<Vec<Undelivered<'a>>, Error> {
        if self.beyond_a_sum().is_none() {
            return Ok(Vec::new());
        }
        let waiting = self.waiting();
        let Some(first) = waiting.iter().map(|(action, _)| action.ex_date).min() else { return Ok(Vec::new()) };
        let payments = self.payments(first).await?;
        let mut concerned: BTreeSet<&InstrumentId> = held.units.keys().collect();
        concerned.extend(self.transactions.iter().filter_map(|booked| booked.instrument_id.as_ref()));
        concerned.extend(payments.iter().map(|payment| &payment.instrument_id));
        let mut found = Vec::new();
        for (action, pay_date) in waiting {
            if !instruments_of(action).any(|instrument| concerned.contains(instrument)) {
                continue;
            }
            let of_it = payments.iter().filter(|payment| is_of(payment, action));
            let cash = of_it.map(|payment| (payment.currency, payment.amount.decimal()));
            let cash = cash.filter(|(_, amount)| !amount.is_zero()).collect();
            let moves = Balances { units: self.units_announced(action).await?, cash };
            if !moves.is_empty() {
                found.push(Undelivered { action, pay_date, moves });
            }
        }
        Ok(found)
    }

    /// The announcements that the books apply on or before the day and that are delivered after it, each once.
    fn waiting(&self) -> Vec<(&'a CorporateAction, BusinessDate)> {
        let date = self.date;
        let mut seen = BTreeSet::new();
        let mut waiting = Vec::new();
        for action in self.actions.iter().filter(|action| action.ex_date <= date && !is_replayed(action)) {
            if let Some(pay_date) = action.pay_date.filter(|pay_date| date < *pay_date)
                && seen.insert(event_id(action))
            {
                waiting.push((action, pay_date));
            }
        }
        waiting
    }

    /// What nights booked from announcements since a day.
    async fn payments(&self, first: BusinessDate) -> Result<Vec<ActionPayment>, Error> {
        let snapshot = self.lake.snapshot(ActionPayment::TABLE).await?;
        let named = BTreeSet::from([self.portfolio.portfolio_id.to_string()]);
        let range = DateRange::between(first, self.date);
        Ok(lake::read::rows_named(&snapshot, self.lake, range, &[("portfolio_id", &named)]).await?)
    }

    /// The units that an announcement moved on the valuation date of its ex-date, by instrument.
    async fn units_announced(&self, action: &CorporateAction) -> Result<BTreeMap<InstrumentId, Decimal>, Error> {
        let mut found = BTreeMap::new();
        let id = &self.portfolio.portfolio_id;
        let values = lake::read::portfolio_values(self.lake, id, action.ex_date, self.date).await?;
        let days = values.first().map(|row| (row.previous_business_date, row.business_date));
        let Some((Some(before), on)) = days else { return Ok(found) };
        let (old, new) = (self.units_on(before).await?, self.units_on(on).await?);
        let trades = self.trades(before, on);
        // All transactions were added up before: what does not fit has been reported.
        let Ok(traded) = balances(id, &trades, &[], on, BalanceBasis::Trade) else { return Ok(found) };
        for instrument in
            instruments_of(action).filter(|instrument| !self.is_moved_otherwise(instrument, action, before))
        {
            let moved = new.units_of(instrument).checked_sub(old.units_of(instrument));
            let moved = moved.and_then(|moved| moved.checked_sub(traded.units_of(instrument)));
            if let Some(moved) = moved.filter(|moved| !moved.is_zero()) {
                found.insert(instrument.clone(), moved);
            }
        }
        Ok(found)
    }

    async fn units_on(&self, date: BusinessDate) -> Result<Balances, Error> {
        let positions = lake::read::positions(self.lake, &self.portfolio.portfolio_id, date).await?;
        let units = positions.into_iter().map(|row| (row.instrument_id, row.quantity.decimal())).collect();
        Ok(Balances { units, ..Balances::default() })
    }

    /// The transactions after a day, up to another one. What was taken back never was.
    fn trades(&self, after: BusinessDate, through: BusinessDate) -> Vec<Transaction> {
        let taken_back: BTreeSet<&str> = self.transactions.iter().filter_map(|row| row.reverses.as_deref()).collect();
        let of_days = self.transactions.iter().filter(|row| after < row.trade_date && row.trade_date <= through);
        of_days.filter(|row| !taken_back.contains(row.transaction_id.as_str())).cloned().collect()
    }

    /// Whether another announcement, or a booking that depends on the position, changed the units of an instrument
    /// after a day, up to the day that is asked for.
    fn is_moved_otherwise(&self, instrument: &InstrumentId, by: &CorporateAction, after: BusinessDate) -> bool {
        let is_in = |day: BusinessDate| after < day && day <= self.date;
        let announced = self.actions.iter().filter(|other| !std::ptr::eq(*other, by) && is_in(other.ex_date));
        let of_position = [TransactionKind::Split.code(), TransactionKind::WriteOff.code()];
        let mut booked = self.transactions.iter().filter(|row| is_in(row.trade_date));
        announced.filter(|other| moves_units(other)).any(|other| instruments_of(other).any(|moved| moved == instrument))
            || booked
                .any(|row| row.instrument_id.as_ref() == Some(instrument) && of_position.contains(&row.kind.as_str()))
    }
}

fn is_of(payment: &ActionPayment, action: &CorporateAction) -> bool {
    payment.instrument_id == action.instrument_id && payment.ex_date == action.ex_date && payment.kind == action.kind
}

/// The instrument of an announcement, and the one that its holders get.
fn instruments_of(action: &CorporateAction) -> impl Iterator<Item = &InstrumentId> {
    std::iter::once(&action.instrument_id).chain(action.target_instrument_id.as_ref())
}

fn moves_units(action: &CorporateAction) -> bool {
    action.kind != BOOKED_BY_BROKER && (announced_split(action).is_some() || !is_replayed(action))
}
