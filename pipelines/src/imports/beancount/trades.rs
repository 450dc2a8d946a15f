//! Transactions that move units: purchases, sales, and units that come and go without cash.

use std::collections::BTreeSet;

use ledger::TransactionKind;
use rust_decimal::Decimal;

use super::chart::{Side, money};
use super::legs::Leg;
use super::meaning::Movement;
use crate::imports::ExportTransaction;
use crate::intake::crossing;
use crate::numerals::exact_quotient;

/// What pays for units, or is paid with them, outside the account that holds them.
struct Payment<'m> {
    currency: &'m str,
    /// Cash of the account that holds the units.
    own: Decimal,
    /// Cash of other accounts and loans.
    elsewhere: Decimal,
}

impl Movement<'_> {
    /// What a transaction with units means.
    pub(super) fn trade(&self) -> Result<Vec<ExportTransaction>, String> {
        let instruments: BTreeSet<&str> = self.units.iter().map(|leg| leg.amount.commodity.as_str()).collect();
        if 1 < instruments.len() {
            return Err(
                "several instruments in one transaction, as in a merger or a spin-off; book it by hand".to_owned()
            );
        }
        let accounts: BTreeSet<&str> = self.units.iter().map(|leg| self.chart.account_of(&leg.account)).collect();
        let comes_in = |leg: &&Leg| Decimal::ZERO < leg.amount.number;
        let (ins, outs): (Vec<&Leg>, Vec<&Leg>) = self.units.iter().copied().partition(comes_in);
        match (accounts.first(), accounts.len()) {
            (Some(account), 1) if outs.is_empty() => self.acquisition(account, &ins),
            (Some(account), 1) if ins.is_empty() => self.disposal(account, &outs),
            (_, 1) => Err("units come in and go out in one transaction, as in a split; book it by hand".to_owned()),
            (_, 2) => self.moved_units(&ins, &outs),
            _ => Err("units move in several accounts; book it by hand".to_owned()),
        }
    }

    /// The cash that moves with the units; none if no cash moves.
    fn payment(&self, account: &str) -> Result<Option<Payment<'_>>, String> {
        let loans = self.others.iter().filter(|(side, _)| *side == Side::Liability);
        let loans: Vec<_> =
            loans.filter_map(|(_, leg)| leg.weight.as_ref()).filter(|w| money(&w.commodity).is_some()).collect();
        let mut currencies: BTreeSet<&str> = self.cash.values().flat_map(|amounts| amounts.keys().copied()).collect();
        currencies.extend(loans.iter().map(|weight| weight.commodity.as_str()));
        let mut named = currencies.into_iter();
        let (Some(currency), None) = (named.next(), named.next()) else {
            let none = self.cash.is_empty() && loans.is_empty();
            let reason = "units are paid for in several currencies; book the FX and the trade by hand";
            return if none { Ok(None) } else { Err(reason.to_owned()) };
        };
        let in_account = |name: &&str| self.cash.get(*name).and_then(|amounts| amounts.get(currency)).copied();
        let others = self.cash.keys().filter(|name| **name != account).filter_map(in_account);
        let elsewhere: Decimal = others.chain(loans.iter().map(|weight| weight.number)).sum();
        Ok(Some(Payment { currency, own: in_account(&account).unwrap_or_default(), elsewhere }))
    }

    /// Cash that comes from elsewhere for a purchase, or goes there after a sale, crosses the border of the account.
    fn crossings(&self, account: &str, payment: &Payment<'_>) -> Result<Vec<ExportTransaction>, String> {
        let mut bookings = Vec::new();
        let currency = payment.currency;
        if !payment.elsewhere.is_zero() {
            let here = -payment.elsewhere;
            bookings.push(self.booking(account, crossing(here), currency, here)?);
        }
        for (name, amounts) in self.cash.iter().filter(|(name, _)| **name != account) {
            for amount in amounts.values() {
                bookings.push(self.booking(name, crossing(*amount), currency, *amount)?);
            }
        }
        Ok(bookings)
    }

    fn acquisition(&self, account: &str, legs: &[&Leg]) -> Result<Vec<ExportTransaction>, String> {
        let sides = self.sides();
        let only = |allowed: &[Side]| sides.iter().all(|side| allowed.contains(side));
        let payment = self.payment(account)?;
        if let Some(payment) = payment {
            if !only(&[Side::Fee, Side::Tax, Side::Liability]) {
                return Err("units are bought and something else happens; book it by hand".to_owned());
            }
            let mut bookings = self.purchases(account, legs, &payment)?;
            bookings.extend(self.crossings(account, &payment)?);
            return Ok(bookings);
        }
        if only(&[Side::Opening]) && !sides.is_empty() {
            return legs.iter().map(|leg| self.brought_in(account, TransactionKind::OpeningBalance, leg)).collect();
        }
        if only(&[Side::Dividend]) && !sides.is_empty() {
            return legs.iter().map(|leg| self.reinvested(account, leg)).collect();
        }
        if only(&[Side::OtherIncome, Side::OtherExpense, Side::OtherEquity, Side::Tax]) && !sides.is_empty() {
            return legs.iter().map(|leg| self.brought_in(account, TransactionKind::TransferIn, leg)).collect();
        }
        Err("units come in, and it is not said for what; book it by hand".to_owned())
    }

    /// One purchase per lot. The last one takes what is left of the cash, so that the cash is what the file says.
    fn purchases(&self, account: &str, legs: &[&Leg], payment: &Payment<'_>) -> Result<Vec<ExportTransaction>, String> {
        let mut fees = self.sum(&[Side::Fee], payment.currency)?;
        let mut taxes = self.sum(&[Side::Tax], payment.currency)?;
        let mut left = payment.own + payment.elsewhere;
        let mut bookings = Vec::new();
        for (place, leg) in legs.iter().enumerate() {
            let is_last = place + 1 == legs.len();
            let net_cash = if is_last {
                left
            } else {
                let cost = leg.cost.as_ref().filter(|cost| cost.commodity == payment.currency);
                -cost.ok_or("several lots are bought, and their costs are not in the currency that paid")?.number
            };
            left -= net_cash;
            let mut booking =
                self.with_units(self.booking(account, TransactionKind::Buy, payment.currency, net_cash)?, leg);
            if is_last {
                booking.fees = std::mem::take(&mut fees);
                booking.taxes = std::mem::take(&mut taxes);
            }
            booking.price = self.price_of(leg);
            bookings.extend(self.refunds_apart(booking)?);
        }
        Ok(bookings)
    }

    fn disposal(&self, account: &str, legs: &[&Leg]) -> Result<Vec<ExportTransaction>, String> {
        let sides = self.sides();
        let only = |allowed: &[Side]| sides.iter().all(|side| allowed.contains(side));
        let Some(payment) = self.payment(account)? else {
            let is_given_away = only(&[Side::OtherExpense, Side::OtherEquity, Side::OtherIncome, Side::Opening]);
            if is_given_away && !sides.is_empty() {
                let moved = |leg: &&Leg| self.without_cash(account, TransactionKind::TransferOut, leg);
                return legs.iter().map(moved).collect();
            }
            return Err(
                "units leave without cash; book a WRITE_OFF if they are worthless, a TRANSFER_OUT if they were \
                        moved"
                    .to_owned(),
            );
        };
        // Next to lots with a cost, an income that is nothing else is the gain, which this house works out itself.
        let has_cost = legs.iter().all(|leg| leg.has_cost);
        let gain = if has_cost { Side::OtherIncome } else { Side::Gain };
        if !only(&[Side::Fee, Side::Tax, Side::Liability, Side::Gain, gain]) {
            return Err("units are sold and something else happens; book it by hand".to_owned());
        }
        let net_cash = payment.own + payment.elsewhere;
        let first = legs.first().ok_or("no units move")?;
        let quantity: Decimal = legs.iter().map(|leg| leg.amount.number.abs()).sum();
        let prices: BTreeSet<Option<Decimal>> = legs.iter().map(|leg| self.price_of_sale(leg)).collect();
        let price = if prices.len() == 1 { prices.into_iter().next().flatten() } else { None };
        let sale = ExportTransaction {
            symbol: Some(first.amount.commodity.clone()),
            quantity: Some(quantity),
            price,
            fees: self.sum(&[Side::Fee], payment.currency)?,
            taxes: self.sum(&[Side::Tax], payment.currency)?,
            ..self.booking(account, TransactionKind::Sell, payment.currency, net_cash)?
        };
        let mut bookings = self.refunds_apart(sale)?;
        bookings.extend(self.crossings(account, &payment)?);
        Ok(bookings)
    }

    /// Units that move from one account of this house to another, with their cost.
    fn moved_units(&self, ins: &[&Leg], outs: &[&Leg]) -> Result<Vec<ExportTransaction>, String> {
        let total: Decimal = self.units.iter().map(|leg| leg.amount.number).sum();
        if !total.is_zero() || !self.cash.is_empty() || !self.sides().is_empty() {
            return Err("units move between two accounts and something else happens; book it by hand".to_owned());
        }
        let out = outs
            .iter()
            .map(|leg| self.without_cash(self.chart.account_of(&leg.account), TransactionKind::InternalOut, leg));
        let into = ins
            .iter()
            .map(|leg| self.brought_in(self.chart.account_of(&leg.account), TransactionKind::InternalIn, leg));
        out.chain(into).collect()
    }

    /// A booking with the units of a leg.
    fn with_units(&self, booking: ExportTransaction, leg: &Leg) -> ExportTransaction {
        let symbol = Some(leg.amount.commodity.clone());
        ExportTransaction { symbol, quantity: Some(leg.amount.number.abs()), ..booking }
    }

    fn without_cash(&self, account: &str, kind: TransactionKind, leg: &Leg) -> Result<ExportTransaction, String> {
        let own = self.chart.instruments.get(&leg.amount.commodity).map(|currency| currency.code().to_owned());
        let currency =
            leg.cost.as_ref().map(|cost| cost.commodity.clone()).filter(|code| money(code).is_some()).or(own);
        let currency = currency.ok_or("the instrument has no currency")?;
        Ok(self.with_units(self.booking(account, kind, &currency, Decimal::ZERO)?, leg))
    }

    /// Units that come in with what they cost and the day on which they were acquired.
    fn brought_in(&self, account: &str, kind: TransactionKind, leg: &Leg) -> Result<ExportTransaction, String> {
        let cost = leg.cost.as_ref().filter(|cost| money(&cost.commodity).is_some());
        Ok(ExportTransaction {
            lot_cost: cost.map(|cost| cost.number.abs()),
            lot_acquired_date: leg.cost_date,
            ..self.without_cash(account, kind, leg)?
        })
    }

    /// A dividend that was paid in units.
    fn reinvested(&self, account: &str, leg: &Leg) -> Result<ExportTransaction, String> {
        let price = self.price_of(leg).ok_or("a reinvested dividend without a price per unit; book it by hand")?;
        let booking = self.without_cash(account, TransactionKind::DividendReinvested, leg)?;
        Ok(ExportTransaction { price: Some(price), ..booking })
    }

    /// What a unit cost, if that is in the instrument's currency.
    fn price_of(&self, leg: &Leg) -> Option<Decimal> {
        let own = self.chart.instruments.get(&leg.amount.commodity)?;
        let cost = leg.cost.as_ref().filter(|cost| money(&cost.commodity) == Some(*own));
        match (cost, leg.cost_per_unit) {
            (Some(_), Some(per_unit)) => Some(per_unit),
            (Some(cost), None) => exact_quotient(cost.number, leg.amount.number),
            (None, _) => self.price_of_sale(leg),
        }
    }

    fn price_of_sale(&self, leg: &Leg) -> Option<Decimal> {
        let own = self.chart.instruments.get(&leg.amount.commodity)?;
        leg.price.as_ref().filter(|price| money(&price.commodity) == Some(*own)).map(|price| price.number)
    }
}
