//! What a transaction means for the accounts that it touches.
//!
//! Beancount only knows that amounts move between names. Which of the movements is a purchase, a dividend, a fee or a
//! payment of the client follows from what the other side is. What can be read in two ways is not read at all: it
//! waits for a person.

use std::collections::{BTreeMap, BTreeSet};

use ledger::TransactionKind;
use rust_decimal::Decimal;
use schemas::BusinessDate;

use super::chart::{Chart, Side, money, sum_in};
use super::legs::Leg;
use crate::imports::{ExportTransaction, clean_symbol};
use crate::intake::crossing;

/// A transaction with all its legs.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry<'e> {
    pub(super) line: i64,
    pub(super) date: BusinessDate,
    /// Payee and narration.
    pub(super) words: &'e str,
    pub(super) legs: &'e [Leg],
}

/// What becomes of a transaction.
#[derive(Debug, PartialEq)]
pub(super) enum Meaning {
    /// It is booked.
    Booked(Vec<ExportTransaction>),
    /// It does not concern an account of assets, for a reason that it shares with others.
    Aside(String),
    /// It waits for a person, in this account. The readings are what it books for each instrument that it may be about.
    Waits { account: String, reason: String, readings: Vec<Vec<ExportTransaction>> },
}

/// A transaction, sorted by what its legs are.
#[derive(Clone)]
pub(super) struct Movement<'e> {
    pub(super) chart: &'e Chart,
    pub(super) entry: Entry<'e>,
    /// The cash that moves, by account of this house and currency; never zero.
    pub(super) cash: BTreeMap<&'e str, BTreeMap<&'e str, Decimal>>,
    /// The legs that move units of an instrument.
    pub(super) units: Vec<&'e Leg>,
    /// The legs outside the assets.
    pub(super) others: Vec<(Side, &'e Leg)>,
    /// The instrument that is taken for the one that paid; none to find it.
    payer: Option<&'e str>,
}

/// Reads a transaction.
pub(super) fn meaning<'e>(chart: &'e Chart, entry: Entry<'e>) -> Meaning {
    let movement = match Movement::of(chart, entry) {
        Ok(movement) => movement,
        Err(reason) => return Meaning::Waits { account: String::new(), reason, readings: Vec::new() },
    };
    let unit_accounts = movement.units.iter().map(|leg| chart.account_of(&leg.account));
    let first = unit_accounts.chain(movement.cash.keys().copied()).next().map(str::to_owned);
    let Some(account) = first else {
        return Meaning::Aside(match entry.legs.iter().find(|leg| chart.side(&leg.account) == Side::Asset) {
            None => "no asset account is touched".to_owned(),
            Some(leg) if money(&leg.amount.commodity).is_some() => {
                format!("nothing moves over the border of {}", leg.account)
            }
            Some(leg) => without_price(&leg.amount.commodity),
        });
    };
    let booked = if movement.units.is_empty() { movement.cash_only() } else { movement.trade() };
    match booked {
        Ok(bookings) => Meaning::Booked(movement.all_described(bookings)),
        Err(reason) => {
            let readings = movement.readings(&account);
            Meaning::Waits { account, reason, readings }
        }
    }
}

/// Why units of a commodity are not booked.
pub(super) fn without_price(commodity: &str) -> String {
    format!("{commodity} has neither a cost nor a price in a currency")
}

impl<'e> Movement<'e> {
    fn of(chart: &'e Chart, entry: Entry<'e>) -> Result<Movement<'e>, String> {
        let mut cash: BTreeMap<&str, BTreeMap<&str, Decimal>> = BTreeMap::new();
        let (mut units, mut others) = (Vec::new(), Vec::new());
        for leg in entry.legs {
            let commodity = leg.amount.commodity.as_str();
            match chart.side(&leg.account) {
                Side::Asset if money(commodity).is_some() => {
                    let account = cash.entry(chart.account_of(&leg.account)).or_default();
                    let balance = account.entry(commodity).or_default();
                    *balance = balance.checked_add(leg.amount.number).ok_or("a sum has too many digits")?;
                }
                Side::Asset if chart.instruments.contains_key(commodity) => {
                    if !leg.amount.number.is_zero() {
                        units.push(leg);
                    }
                }
                Side::Asset => {}
                side => others.push((side, leg)),
            }
        }
        for account in cash.values_mut() {
            account.retain(|_, amount| !amount.is_zero());
        }
        cash.retain(|_, account| !account.is_empty());
        Ok(Movement { chart, entry, cash, units, others, payer: None })
    }

    fn all_described(&self, bookings: Vec<ExportTransaction>) -> Vec<ExportTransaction> {
        bookings.into_iter().map(|booking| self.described(booking)).collect()
    }

    /// What cash that waits books for each instrument that may have paid it; nothing if that is not what is open.
    fn readings(&self, account: &str) -> Vec<Vec<ExportTransaction>> {
        if !self.units.is_empty() {
            return Vec::new();
        }
        let by_postings = self.named_in_postings(account);
        let candidates = if by_postings.is_empty() { self.held(account) } else { by_postings };
        let paid_by = |symbol: &'e String| {
            let read = Movement { payer: Some(symbol.as_str()), ..self.clone() };
            read.cash_only().ok().map(|bookings| self.all_described(bookings))
        };
        candidates.into_iter().filter_map(paid_by).collect()
    }

    fn described(&self, booking: ExportTransaction) -> ExportTransaction {
        let note = self.entry.words.to_owned();
        ExportTransaction { note, symbol: booking.symbol.as_deref().and_then(clean_symbol), ..booking }
    }

    /// A booking of cash on the day of the transaction.
    pub(super) fn booking(
        &self,
        account: &str,
        kind: TransactionKind,
        currency: &str,
        net_cash: Decimal,
    ) -> Result<ExportTransaction, String> {
        let currency = money(currency).ok_or_else(|| format!("{currency} is no currency"))?;
        let plain = ExportTransaction::new(account, self.entry.line, kind, self.entry.date, (net_cash, currency));
        Ok(ExportTransaction { is_refund: kind == TransactionKind::Fee && Decimal::ZERO < net_cash, ..plain })
    }

    /// A charge that comes back is a booking of its own, because the charges inside another booking are not negative.
    pub(super) fn refunds_apart(&self, main: ExportTransaction) -> Result<Vec<ExportTransaction>, String> {
        let came_back = |charge: Decimal| (-charge).max(Decimal::ZERO);
        let (fee, tax) = (came_back(main.fees), came_back(main.taxes));
        let mut refunds = Vec::new();
        for (kind, refund) in [(TransactionKind::Fee, fee), (TransactionKind::Tax, tax)] {
            if !refund.is_zero() {
                let booked = self.booking(&main.account, kind, main.currency.code(), refund)?;
                refunds.push(ExportTransaction { symbol: main.symbol.clone(), ..booked });
            }
        }
        let own = ExportTransaction {
            fees: main.fees + fee,
            taxes: main.taxes + tax,
            net_cash: main.net_cash - fee - tax,
            ..main
        };
        Ok(std::iter::once(own).chain(refunds).collect())
    }

    /// The sum of the legs of some sides, in a currency.
    pub(super) fn sum(&self, sides: &[Side], currency: &str) -> Result<Decimal, String> {
        sum_in(self.others.iter().filter(|(side, _)| sides.contains(side)).map(|(_, leg)| *leg), currency)
    }

    /// The sides of the legs outside the assets that move money.
    pub(super) fn sides(&self) -> BTreeSet<Side> {
        let moves = |leg: &Leg| {
            let weight = leg.weight.as_ref().unwrap_or(&leg.amount);
            money(&weight.commodity).is_some() && !weight.number.is_zero()
        };
        self.others.iter().filter(|(_, leg)| moves(leg)).map(|(side, _)| *side).collect()
    }

    fn cash_only(&self) -> Result<Vec<ExportTransaction>, String> {
        let mut accounts = self.cash.iter();
        match (accounts.next(), accounts.next()) {
            (Some((account, amounts)), None) if amounts.len() == 1 => {
                let (currency, amount) = amounts.iter().next().ok_or("no cash moves")?;
                self.one_account(account, currency, *amount)
            }
            (Some((account, amounts)), None) => self.exchange(account, amounts),
            _ => self.between_accounts(),
        }
    }

    /// One currency for another in one account, with the fee for it.
    fn exchange(&self, account: &str, amounts: &BTreeMap<&str, Decimal>) -> Result<Vec<ExportTransaction>, String> {
        let only_fees = self.sides().iter().all(|side| *side == Side::Fee);
        let sorted: Vec<(&str, Decimal)> = amounts.iter().map(|(currency, amount)| (*currency, *amount)).collect();
        let pair = match sorted.as_slice() {
            [(left, given), (right, taken)] if *given < Decimal::ZERO && Decimal::ZERO < *taken => {
                Some((*left, *given, *right, *taken))
            }
            [(left, taken), (right, given)] if *given < Decimal::ZERO && Decimal::ZERO < *taken => {
                Some((*right, *given, *left, *taken))
            }
            _ => None,
        };
        let Some((currency, given, other, taken)) = pair.filter(|_| only_fees) else {
            return Err("cash moves in several currencies, and it is no plain exchange; book it by hand".to_owned());
        };
        let fee = self.sum(&[Side::Fee], currency)?;
        let mut bookings = vec![ExportTransaction {
            counter_currency: money(other),
            counter_amount: Some(taken),
            ..self.booking(account, TransactionKind::Fx, currency, given + fee)?
        }];
        if !fee.is_zero() {
            bookings.push(self.booking(account, TransactionKind::Fee, currency, -fee)?);
        }
        Ok(bookings)
    }

    /// Cash that moves in one currency of one account.
    fn one_account(&self, account: &str, currency: &str, amount: Decimal) -> Result<Vec<ExportTransaction>, String> {
        let invests = self.chart.held_by(account).next().is_some();
        let sides = self.sides();
        let has = |side: Side| sides.contains(&side);
        let only = |allowed: &[Side]| sides.iter().all(|side| allowed.contains(side));
        let income = |kind: TransactionKind| -> Result<ExportTransaction, String> {
            let fees = self.sum(&[Side::Fee], currency)?;
            let taxes = self.sum(&[Side::Tax], currency)?;
            Ok(ExportTransaction { fees, taxes, ..self.booking(account, kind, currency, amount)? })
        };
        if has(Side::Dividend) && invests && only(&[Side::Dividend, Side::Fee, Side::Tax]) {
            let symbol = self.payer(account)?;
            let dividend = ExportTransaction { symbol: Some(symbol), ..income(TransactionKind::Dividend)? };
            return self.refunds_apart(dividend);
        }
        let pays_interest = [Side::Interest, Side::InterestPaid];
        if sides.iter().any(|side| pays_interest.contains(side))
            && only(&[Side::Interest, Side::InterestPaid, Side::Fee, Side::Tax])
        {
            return self.refunds_apart(income(TransactionKind::Interest)?);
        }
        if has(Side::Interest) || (invests && (has(Side::Dividend) || has(Side::Gain))) {
            return Err("income or a gain among other movements; book them by hand".to_owned());
        }
        // A salary is paid after tax: only a tax that an investment account pays by itself is booked as one.
        let taxed = invests && !has(Side::OtherIncome);
        let fee = self.sum(&[Side::Fee], currency)?;
        let tax = if taxed { self.sum(&[Side::Tax], currency)? } else { Decimal::ZERO };
        let opening = -self.sum(&[Side::Opening], currency)?;
        let crossed = amount + fee + tax - opening;
        let mut bookings = Vec::new();
        for (kind, net_cash) in [
            (TransactionKind::OpeningBalance, opening),
            (crossing(crossed), crossed),
            (TransactionKind::Fee, -fee),
            (TransactionKind::Tax, -tax),
        ] {
            if !net_cash.is_zero() {
                bookings.push(self.booking(account, kind, currency, net_cash)?);
            }
        }
        Ok(bookings)
    }

    /// Cash that moves between accounts: what leaves one is withdrawn, what reaches another is deposited. Fees are
    /// paid by the one account that pays.
    fn between_accounts(&self) -> Result<Vec<ExportTransaction>, String> {
        let sides = self.sides();
        if sides.contains(&Side::Dividend) || sides.contains(&Side::Interest) {
            return Err("income that reaches several accounts; book it by hand".to_owned());
        }
        let pays = |amounts: &BTreeMap<&str, Decimal>| amounts.values().any(|amount| *amount < Decimal::ZERO);
        let payers = self.cash.values().filter(|amounts| pays(amounts)).count();
        let mut bookings = Vec::new();
        for (account, amounts) in &self.cash {
            for (currency, amount) in amounts {
                let pays_the_fee = payers == 1 && *amount < Decimal::ZERO && sides.contains(&Side::Fee);
                let fee = if pays_the_fee { self.sum(&[Side::Fee], currency)? } else { Decimal::ZERO };
                let crossed = *amount + fee;
                if !crossed.is_zero() {
                    bookings.push(self.booking(account, crossing(crossed), currency, crossed)?);
                }
                if !fee.is_zero() {
                    bookings.push(self.booking(account, TransactionKind::Fee, currency, -fee)?);
                }
            }
        }
        Ok(bookings)
    }

    /// The instrument that paid a dividend: the one that the postings name, or else the words, or the only one held.
    /// Words are edited and say many things: they do not outvote the postings.
    fn payer(&self, account: &str) -> Result<String, String> {
        if let Some(payer) = self.payer {
            return Ok(payer.to_owned());
        }
        let by_postings = self.named_in_postings(account);
        let candidates = if by_postings.is_empty() { self.named_in_words(account) } else { by_postings };
        let candidates = if candidates.is_empty() { self.held(account) } else { candidates };
        let mut candidates = candidates.into_iter();
        match (candidates.next(), candidates.next()) {
            (Some(only), None) => Ok(only.clone()),
            _ => Err("it is not said which instrument paid this; book the DIVIDEND with its symbol".to_owned()),
        }
    }

    /// The instruments that an account ever held.
    fn held(&self, account: &str) -> BTreeSet<&'e String> {
        let chart: &'e Chart = self.chart;
        chart.held_by(account).collect()
    }

    /// Those that the accounts outside the assets or the commodities of the legs name.
    fn named_in_postings(&self, account: &str) -> BTreeSet<&'e String> {
        let in_accounts = self.others.iter().flat_map(|(_, leg)| leg.account.split(':'));
        let in_legs = self.entry.legs.iter().map(|leg| leg.amount.commodity.as_str());
        let named: BTreeSet<&str> = in_accounts.chain(in_legs).collect();
        self.held(account).into_iter().filter(|held| named.contains(held.as_str())).collect()
    }

    /// Those that payee and narration name.
    fn named_in_words(&self, account: &str) -> BTreeSet<&'e String> {
        let splits = |letter: char| !(letter.is_ascii_alphanumeric() || "-._'".contains(letter));
        let words = self.entry.words.split(splits).map(|word| word.trim_end_matches('.'));
        let named: BTreeSet<&str> = words.collect();
        self.held(account).into_iter().filter(|held| named.contains(held.as_str())).collect()
    }
}
