//! The books of one portfolio while it is being made: cash, shares and the bookings behind them.
//!
//! Nothing is booked that the cash does not cover, and every amount is rounded to the smallest unit of its currency
//! when it is booked, as a bank does it. A booking changes cash and shares in one place, `post`, so that the bookings
//! alone always give the balances.

use std::collections::BTreeMap;

use anyhow::Context;
use rust_decimal::{Decimal, RoundingStrategy};
use schemas::Currency;
use schemas::money::round_to_minor_unit;

use super::market::Market;
use super::walks::Action;

/// The kinds of bookings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Money comes in.
    Deposit,
    /// Money goes out.
    Withdrawal,
    /// Shares are bought.
    Buy,
    /// Shares are sold.
    Sell,
    /// A dividend is paid.
    Dividend,
    /// Interest is paid or charged.
    Interest,
    /// The bank charges its service.
    Fee,
    /// The bank deducts tax.
    Tax,
    /// One currency is exchanged for another.
    Fx,
    /// Shares are delivered.
    TransferIn,
    /// Shares are handed over.
    TransferOut,
    /// Shares are worth nothing any more.
    WriteOff,
}

/// One line of `transactions.csv`.
pub(super) struct Booking {
    /// The day, as a position in the market's list.
    pub(super) day: usize,
    /// The kind.
    pub(super) kind: Kind,
    /// The instrument, for kinds that have one.
    pub(super) listing: Option<usize>,
    /// Shares.
    pub(super) quantity: Option<Decimal>,
    /// The price as quoted, or the dividend per share.
    pub(super) price: Option<Decimal>,
    /// The currency of the amounts.
    pub(super) currency: Currency,
    /// Fees inside `net_cash`.
    pub(super) fees: Decimal,
    /// Taxes inside `net_cash`.
    pub(super) taxes: Decimal,
    /// The signed change of the cash account.
    pub(super) net_cash: Decimal,
    /// The other side of an FX deal.
    pub(super) counter: Option<(Currency, Decimal)>,
    /// A word for the reader.
    pub(super) note: &'static str,
}

/// How finely shares are bought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lot {
    /// Whole shares.
    Whole,
    /// Thousandths, as savings plans buy them.
    Thousandth,
}

/// One portfolio's books.
pub(super) struct Book<'market> {
    market: &'market Market,
    base_currency: Currency,
    cash: BTreeMap<Currency, Decimal>,
    shares: BTreeMap<usize, Decimal>,
    bookings: Vec<Booking>,
}

impl Kind {
    /// The code in the file.
    pub(super) const fn code(self) -> &'static str {
        match self {
            Kind::Deposit => "DEPOSIT",
            Kind::Withdrawal => "WITHDRAWAL",
            Kind::Buy => "BUY",
            Kind::Sell => "SELL",
            Kind::Dividend => "DIVIDEND",
            Kind::Interest => "INTEREST",
            Kind::Fee => "FEE",
            Kind::Tax => "TAX",
            Kind::Fx => "FX",
            Kind::TransferIn => "TRANSFER_IN",
            Kind::TransferOut => "TRANSFER_OUT",
            Kind::WriteOff => "WRITE_OFF",
        }
    }
}

impl<'market> Book<'market> {
    /// Empty books.
    pub(super) const fn empty(market: &'market Market, base_currency: Currency) -> Book<'market> {
        Book { market, base_currency, cash: BTreeMap::new(), shares: BTreeMap::new(), bookings: Vec::new() }
    }

    /// Every booking so far, in the order of the file.
    pub(super) fn bookings(&self) -> &[Booking] {
        &self.bookings
    }

    /// Cash in a currency; negative if overdrawn.
    pub(super) fn cash_in(&self, currency: Currency) -> Decimal {
        self.cash.get(&currency).copied().unwrap_or(Decimal::ZERO)
    }

    /// The currencies in which there is cash.
    pub(super) fn cash_currencies(&self) -> Vec<Currency> {
        self.cash.iter().filter(|(_, amount)| Decimal::ZERO < **amount).map(|(currency, _)| *currency).collect()
    }

    /// Shares held of an instrument.
    pub(super) fn held(&self, listing: usize) -> Decimal {
        self.shares.get(&listing).copied().unwrap_or(Decimal::ZERO)
    }

    /// Whether no shares are held.
    pub(super) fn has_no_shares(&self) -> bool {
        self.shares.is_empty()
    }

    /// The value of everything, in the base currency.
    ///
    /// # Errors
    /// If a price or a rate is missing.
    pub(super) fn value(&self, day: usize) -> anyhow::Result<Decimal> {
        let mut value = Decimal::ZERO;
        for (currency, amount) in &self.cash {
            value += self.in_base(*amount, *currency, day)?;
        }
        for (listing, quantity) in &self.shares {
            value += self.position_value(*listing, *quantity, day)?;
        }
        Ok(value)
    }

    /// The positions that can be sold on a day, the most valuable first. The instrument that fails is not offered.
    ///
    /// # Errors
    /// If a rate is missing.
    pub(super) fn quoted_by_value(&self, day: usize) -> anyhow::Result<Vec<usize>> {
        let mut quoted = Vec::new();
        for (listing, quantity) in &self.shares {
            let security = &self.market.listings[*listing];
            if security.closes[day].is_some() && security.issue.is_investable() {
                quoted.push((self.position_value(*listing, *quantity, day)?, *listing));
            }
        }
        quoted.sort();
        Ok(quoted.into_iter().rev().map(|(_, listing)| listing).collect())
    }

    /// Books money that comes or goes without shares.
    pub(super) fn book_cash(
        &mut self,
        day: usize,
        kind: Kind,
        currency: Currency,
        amount: Decimal,
        note: &'static str,
    ) {
        self.post(Booking {
            day,
            kind,
            listing: None,
            quantity: None,
            price: None,
            currency,
            fees: Decimal::ZERO,
            taxes: Decimal::ZERO,
            net_cash: round_to_minor_unit(amount, currency),
            counter: None,
            note,
        });
    }

    /// Books shares that come or go without money. The price is the last close, for information.
    ///
    /// # Errors
    /// If the instrument has had no quote so far.
    pub(super) fn book_delivery(
        &mut self,
        day: usize,
        kind: Kind,
        listing: usize,
        quantity: Decimal,
        note: &'static str,
    ) -> anyhow::Result<()> {
        let security = &self.market.listings[listing];
        let last = security.closes[..=day].iter().rev().find_map(|close| *close);
        let price = last.with_context(|| format!("`{}` has no quote so far", security.issue.symbol))?;
        self.post(Booking {
            day,
            kind,
            listing: Some(listing),
            quantity: Some(quantity),
            price: (kind != Kind::WriteOff).then_some(price),
            currency: security.currency,
            fees: Decimal::ZERO,
            taxes: Decimal::ZERO,
            net_cash: Decimal::ZERO,
            counter: None,
            note,
        });
        Ok(())
    }

    /// Splits what is held and books the dividends of the day, on the shares held at its start.
    pub(super) fn apply_corporate_actions(&mut self, day: usize) {
        let market = self.market;
        let held: Vec<(usize, Decimal)> = self.shares.iter().map(|(listing, quantity)| (*listing, *quantity)).collect();
        for (listing, quantity) in held {
            match market.listings[listing].actions.get(&day) {
                Some(Action::Split(ratio)) => {
                    self.shares.insert(listing, (quantity * *ratio).normalize());
                }
                Some(Action::Dividend(amount)) => self.book_dividend(day, listing, quantity, *amount),
                None => {}
            }
        }
    }

    fn book_dividend(&mut self, day: usize, listing: usize, quantity: Decimal, amount: Decimal) {
        let currency = self.market.listings[listing].currency;
        let is_foreign = currency != self.base_currency;
        let withheld = if is_foreign { Decimal::new(15, 2) } else { Decimal::ZERO };
        let taxes = round_to_minor_unit(quantity * amount * withheld, currency);
        self.post(Booking {
            day,
            kind: Kind::Dividend,
            listing: Some(listing),
            quantity: Some(quantity),
            price: Some(amount),
            currency,
            fees: Decimal::ZERO,
            taxes,
            net_cash: round_to_minor_unit(quantity * amount - taxes, currency),
            counter: None,
            note: "",
        });
    }

    /// Buys at the day's close for at most a budget in the base currency, after an FX deal if the instrument's
    /// currency is short. Books nothing if the instrument is not quoted or the cash does not suffice.
    ///
    /// # Errors
    /// If a rate is missing.
    pub(super) fn buy(&mut self, day: usize, listing: usize, budget: Decimal, lot: Lot) -> anyhow::Result<()> {
        let market = self.market;
        let security = &market.listings[listing];
        let currency = security.currency;
        let Some(price) = security.closes[day] else { return Ok(()) };
        let unit_value = price * security.price_scale;
        // Three percent are room for the order's fee, the purchase tax and the spread of the FX deal.
        let unit_cost = unit_value * Decimal::new(103, 2);
        let local_budget = market.fx_rates.convert(budget, self.base_currency, currency, day)?;
        let quantity = (local_budget / unit_cost).round_dp_with_strategy(lot.decimals(), RoundingStrategy::ToZero);
        if quantity <= Decimal::ZERO {
            return Ok(());
        }
        let value = quantity * unit_value;
        let fees = order_fee(value, currency);
        let taxes = round_to_minor_unit(value * security.issue.exchange.purchase_tax(), currency);
        let cost = round_to_minor_unit(value + fees + taxes, currency);
        if !self.provide(day, currency, cost)? {
            return Ok(());
        }
        self.post(Booking {
            day,
            kind: Kind::Buy,
            listing: Some(listing),
            quantity: Some(quantity),
            price: Some(price),
            currency,
            fees,
            taxes,
            net_cash: -cost,
            counter: None,
            note: "",
        });
        Ok(())
    }

    /// Sells at the day's close and returns the proceeds in the instrument's currency; nothing if it is not quoted.
    pub(super) fn sell(&mut self, day: usize, listing: usize, quantity: Decimal, note: &'static str) -> Decimal {
        let security = &self.market.listings[listing];
        let currency = security.currency;
        let Some(price) = security.closes[day] else { return Decimal::ZERO };
        let value = quantity * price * security.price_scale;
        let fees = order_fee(value, currency);
        let net_cash = round_to_minor_unit(value - fees, currency);
        self.post(Booking {
            day,
            kind: Kind::Sell,
            listing: Some(listing),
            quantity: Some(quantity),
            price: Some(price),
            currency,
            fees,
            taxes: Decimal::ZERO,
            net_cash,
            counter: None,
            note,
        });
        net_cash
    }

    /// Sells until there is an amount of cash in the base currency; returns whether there is.
    ///
    /// # Errors
    /// If a rate is missing.
    pub(super) fn raise_cash(&mut self, day: usize, amount: Decimal) -> anyhow::Result<bool> {
        if amount <= self.cash_in(self.base_currency) {
            return Ok(true);
        }
        self.convert_foreign_cash(day)?;
        for listing in self.quoted_by_value(day)? {
            let missing = amount - self.cash_in(self.base_currency);
            if missing <= Decimal::ZERO {
                break;
            }
            let one_share = self.position_value(listing, Decimal::ONE, day)?;
            // The order's fee and the spread of the FX deal come out of the proceeds.
            let wanted = (missing * Decimal::new(103, 2) / one_share).ceil();
            let quantity = wanted.min(self.held(listing));
            self.sell(day, listing, quantity, "to provide cash");
            self.convert_foreign_cash(day)?;
        }
        Ok(amount <= self.cash_in(self.base_currency))
    }

    /// Exchanges all cash in other currencies for the base currency.
    ///
    /// # Errors
    /// If a rate is missing.
    pub(super) fn convert_foreign_cash(&mut self, day: usize) -> anyhow::Result<()> {
        for currency in self.cash_currencies() {
            if currency == self.base_currency {
                continue;
            }
            let sold = self.cash_in(currency);
            let value = self.in_base(sold, currency, day)?;
            let bought = round_to_minor_unit(value * (Decimal::ONE - fx_spread()), self.base_currency);
            if Decimal::ZERO < bought {
                self.book_fx(day, (currency, sold), (self.base_currency, bought));
            }
        }
        Ok(())
    }

    /// Buys what is missing in a currency; returns whether the amount is there. The base currency cannot be bought.
    fn provide(&mut self, day: usize, currency: Currency, amount: Decimal) -> anyhow::Result<bool> {
        let missing = amount - self.cash_in(currency);
        if missing <= Decimal::ZERO {
            return Ok(true);
        }
        if currency == self.base_currency {
            return Ok(false);
        }
        let bought = (missing / Decimal::TEN).ceil() * Decimal::TEN;
        let value = self.in_base(bought, currency, day)?;
        let sold = round_to_minor_unit(value * (Decimal::ONE + fx_spread()), self.base_currency);
        if self.cash_in(self.base_currency) < sold {
            return Ok(false);
        }
        self.book_fx(day, (self.base_currency, sold), (currency, bought));
        Ok(true)
    }

    fn book_fx(&mut self, day: usize, sold: (Currency, Decimal), bought: (Currency, Decimal)) {
        self.post(Booking {
            day,
            kind: Kind::Fx,
            listing: None,
            quantity: None,
            price: None,
            currency: sold.0,
            fees: Decimal::ZERO,
            taxes: Decimal::ZERO,
            net_cash: -sold.1,
            counter: Some(bought),
            note: "spread 0.2%",
        });
    }

    fn post(&mut self, booking: Booking) {
        *self.cash.entry(booking.currency).or_default() += booking.net_cash;
        if let Some((currency, amount)) = booking.counter {
            *self.cash.entry(currency).or_default() += amount;
        }
        if let (Some(listing), Some(quantity)) = (booking.listing, booking.quantity) {
            let change = booking.kind.share_change(quantity);
            let held = self.held(listing) + change;
            debug_assert!(Decimal::ZERO <= held, "nothing is sold short");
            if held.is_zero() {
                self.shares.remove(&listing);
            } else {
                self.shares.insert(listing, held);
            }
        }
        self.bookings.push(booking);
    }

    fn position_value(&self, listing: usize, quantity: Decimal, day: usize) -> anyhow::Result<Decimal> {
        let security = &self.market.listings[listing];
        let last = security.last_unit_value(day);
        let unit_value = last.with_context(|| format!("`{}` has no quote so far", security.issue.symbol))?;
        self.in_base(quantity * unit_value, security.currency, day)
    }

    fn in_base(&self, amount: Decimal, currency: Currency, day: usize) -> anyhow::Result<Decimal> {
        self.market.fx_rates.convert(amount, currency, self.base_currency, day)
    }
}

impl Kind {
    /// By how much a booking of so many shares changes the position.
    fn share_change(self, quantity: Decimal) -> Decimal {
        match self {
            Kind::Buy | Kind::TransferIn => quantity,
            Kind::Sell | Kind::TransferOut | Kind::WriteOff => -quantity,
            Kind::Deposit | Kind::Withdrawal | Kind::Dividend | Kind::Interest | Kind::Fee | Kind::Tax | Kind::Fx => {
                Decimal::ZERO
            }
        }
    }
}

impl Lot {
    const fn decimals(self) -> u32 {
        match self {
            Lot::Whole => 0,
            Lot::Thousandth => 3,
        }
    }
}

/// The fee of an order: 0.05 percent, at least a flat amount, but never more than two percent.
fn order_fee(value: Decimal, currency: Currency) -> Decimal {
    let flat = match currency.code() {
        "JPY" => Decimal::from(990),
        "USD" => Decimal::new(795, 2),
        "GBP" => Decimal::new(895, 2),
        _ => Decimal::new(990, 2),
    };
    let fee = (value * Decimal::new(5, 4)).max(flat).min(value * Decimal::new(2, 2));
    round_to_minor_unit(fee, currency)
}

/// What the bank keeps of an FX deal, as a fraction.
fn fx_spread() -> Decimal {
    Decimal::new(2, 3)
}
