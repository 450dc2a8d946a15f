//! What each position of a portfolio is worth on a valuation date.

use rust_decimal::Decimal;
use schemas::tables::valuations::Valuation;
use schemas::{Amount, BusinessDate, Currency, InstrumentId, Price, Quantity, Rate};

use super::{Books, as_price};
use crate::error::Error;
use crate::nav_bridge::Held as HeldAs;
use crate::quote_board::Listing;
use crate::value_history::valued_quantity;

/// The price of an instrument on a date, as quoted, with where it came from.
#[derive(Clone, Copy, Debug)]
pub(super) struct Priced {
    pub(super) price: Decimal,
    date: BusinessDate,
    basis: &'static str,
}

impl Books<'_> {
    /// One valuation per position that is not zero, by instrument, then cash by currency.
    pub(super) fn closing_lines(&self, day: usize) -> Result<Vec<(Valuation, HeldAs)>, Error> {
        let mut rows = Vec::with_capacity(self.held.len() + self.cash.len());
        for (position, held) in self.held.iter().enumerate() {
            // What is valued is what the row says: a split can leave more decimals than a quantity has.
            let quantity = valued_quantity(held.holding.quantity());
            if quantity.is_zero() {
                continue;
            }
            let Some(listing) = self.listing(held.line) else { continue };
            let priced = self.price_of(position, listing, day)?;
            let value = match priced {
                None => None,
                Some(priced) => {
                    let scale = listing.instrument.price_scale.decimal();
                    let value = quantity.checked_mul(priced.price).and_then(|value| value.checked_mul(scale));
                    Some(value.ok_or_else(|| self.overflow(day, "the value of a position"))?)
                }
            };
            let instrument = &listing.instrument;
            let id = instrument.instrument_id.clone();
            let row = self.valuation(id, day, quantity, priced, instrument.currency, value)?;
            let basis = held.holding.basis();
            rows.push((row, if basis.is_known() { HeldAs::Security(basis) } else { HeldAs::Uncosted(held.counted) }));
        }
        rows.sort_by(|(left, _), (right, _)| left.instrument_id.cmp(&right.instrument_id));
        for (currency, cash) in self.cash.iter().filter(|(_, cash)| !cash.balance.is_zero()) {
            let priced = Priced { price: Decimal::ONE, date: self.date(day), basis: "cash" };
            let id = InstrumentId::cash(*currency);
            let row = self.valuation(id, day, cash.balance, Some(priced), *currency, Some(cash.balance))?;
            rows.push((row, HeldAs::Cash));
        }
        Ok(rows)
    }

    fn valuation(
        &self,
        instrument_id: InstrumentId,
        day: usize,
        quantity: Decimal,
        priced: Option<Priced>,
        currency: Currency,
        value: Option<Decimal>,
    ) -> Result<Valuation, Error> {
        let base = self.inputs.portfolio.base_currency;
        let date = self.date(day);
        let cross = self.inputs.fx.cross_rate(currency, base, date);
        let value_base = match (value, cross) {
            (Some(value), Some(cross)) => {
                Some(cross.convert(value).ok_or_else(|| self.overflow(day, "the value of a position"))?)
            }
            _ => None,
        };
        let is_cash = instrument_id.is_cash();
        Ok(Valuation {
            portfolio_id: self.inputs.portfolio.portfolio_id.clone(),
            instrument_id,
            business_date: date,
            quantity: Quantity::new(quantity),
            price: priced.map(|priced| Price::new(priced.price)),
            price_date: priced.filter(|_| !is_cash).map(|priced| priced.date),
            price_basis: priced.map_or("missing", |priced| priced.basis).to_owned(),
            currency,
            value: value.map(Amount::new),
            fx_rate: cross.and_then(|cross| cross.rate()).map(Rate::new),
            fx_rate_date: match cross {
                Some(cross) => cross.rate_date,
                None => self.inputs.fx.outdated(currency, base, date),
            },
            value_base: value_base.map(Amount::new),
        })
    }

    /// The close that counts on a day, or without any so far the price of the last trade.
    pub(super) fn price_of(&self, position: usize, listing: &Listing, day: usize) -> Result<Option<Priced>, Error> {
        let held = self.held.get(position);
        let Some(close) = self.inputs.board.close(listing, day) else {
            let trade = held.and_then(|held| held.holding.last_trade);
            return Ok(trade.map(|(date, price)| Priced { price: as_price(price), date, basis: "last_trade" }));
        };
        let restated = held.and_then(|held| held.timeline.restated_price(day));
        let price = restated.unwrap_or(close.price);
        Ok(Some(Priced { price, date: close.observed_date, basis: "quote" }))
    }
}
