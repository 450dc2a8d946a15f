//! What the positions of a portfolio are worth on a valuation date.

use rust_decimal::Decimal;
use schemas::tables::valuations::Valuation;
use schemas::{Amount, BusinessDate, Currency, InstrumentId, Price, Quantity, Rate};

use super::{Books, is_booking_of};
use crate::corporate_actions::split;
use crate::error::Error;
use crate::quote_board::Listing;

/// The price of an instrument on a date, as quoted, with where it came from.
#[derive(Clone, Copy, Debug)]
pub(super) struct Priced {
    pub(super) price: Decimal,
    pub(super) date: BusinessDate,
    basis: &'static str,
}

impl Books<'_> {
    /// Writes one valuation per position that is not zero.
    pub(super) fn value(&mut self, date: BusinessDate) -> Result<(), Error> {
        let mut rows = Vec::with_capacity(self.holdings.len() + self.cash.len());
        for (instrument, holding) in &self.holdings {
            let quantity = holding.quantity().ok_or_else(|| self.overflow(date, "a position"))?;
            if quantity.is_zero() {
                continue;
            }
            let Some(listing) = self.inputs.board.listing(instrument) else {
                continue;
            };
            let priced = self.price_of(instrument, listing, date)?;
            let value = match priced {
                None => None,
                Some(priced) => {
                    let scale = listing.instrument.price_scale.decimal();
                    let value = quantity.checked_mul(priced.price).and_then(|value| value.checked_mul(scale));
                    Some(value.ok_or_else(|| self.overflow(date, "the value of a position"))?)
                }
            };
            let currency = listing.instrument.currency;
            rows.push(self.valuation(instrument.clone(), date, quantity, priced, currency, value)?);
        }
        for (currency, amount) in self.cash.iter().filter(|(_, amount)| !amount.is_zero()) {
            let priced = Priced { price: Decimal::ONE, date, basis: "cash" };
            let instrument = InstrumentId::cash(*currency);
            rows.push(self.valuation(instrument, date, *amount, Some(priced), *currency, Some(*amount))?);
        }
        self.rows.valuations.append(&mut rows);
        Ok(())
    }

    fn valuation(
        &self,
        instrument_id: InstrumentId,
        date: BusinessDate,
        quantity: Decimal,
        priced: Option<Priced>,
        currency: Currency,
        value: Option<Decimal>,
    ) -> Result<Valuation, Error> {
        let base = self.inputs.portfolio.base_currency;
        let cross = self.inputs.fx.cross_rate(currency, base, date);
        let value_base = match (value, cross) {
            (Some(value), Some(cross)) => {
                Some(cross.convert(value).ok_or_else(|| self.overflow(date, "the value of a position"))?)
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
            fx_rate_date: cross.and_then(|cross| cross.rate_date),
            value_base: value_base.map(Amount::new),
        })
    }

    /// The last quote, or without any so far the price of the last trade. Where quotes are as traded, a price from
    /// before a split is divided by its ratio: the units have already been multiplied by it.
    pub(super) fn price_of(
        &self,
        instrument: &InstrumentId,
        listing: &Listing,
        date: BusinessDate,
    ) -> Result<Option<Priced>, Error> {
        let Some((quoted_on, price)) = listing.last_quote(date) else {
            let trade = self.holdings.get(instrument).and_then(|holding| holding.last_trade);
            return Ok(trade.map(|(day, price)| Priced { price, date: day, basis: "last_trade" }));
        };
        let mut price = price.decimal();
        if quoted_on < date && listing.is_unadjusted() {
            let factor = self.split_factor(instrument, listing, quoted_on, date);
            price =
                factor.and_then(|factor| price.checked_div(factor)).ok_or_else(|| self.overflow(date, "a price"))?;
        }
        Ok(Some(Priced { price, date: quoted_on, basis: "quote" }))
    }

    fn split_factor(
        &self,
        instrument: &InstrumentId,
        listing: &Listing,
        since: BusinessDate,
        until: BusinessDate,
    ) -> Option<Decimal> {
        // A split counts once: as the portfolio booked it, or as the market announced it.
        let bookings = || self.inputs.transactions.iter();
        let unbooked: Vec<_> = listing
            .splits()
            .iter()
            .filter(|(ex_date, ratio)| !bookings().any(|booked| is_booking_of(booked, instrument, *ex_date, *ratio)))
            .copied()
            .collect();
        let announced = split::factor(&unbooked, since, until)?;
        let booked = bookings().filter(|transaction| {
            transaction.kind == split::CODE
                && transaction.instrument_id.as_ref() == Some(instrument)
                && since < transaction.trade_date
                && transaction.trade_date <= until
        });
        booked
            .filter_map(|transaction| transaction.quantity)
            .try_fold(announced, |factor, ratio| factor.checked_mul(ratio.decimal()))
    }
}
