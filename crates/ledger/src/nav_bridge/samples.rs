//! A desk that keeps small books for tests: cash, units at average cost, rates, and the bridge beside them.
//!
//! It has bookkeeping of its own, so that the bridge is not tested with the walk that will feed it.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use schemas::tables::fx_rates::FxRate;
use schemas::tables::nav_bridge::BridgeComponent;
use schemas::{BusinessDate, Currency, InstrumentId};

use super::{
    Booked, BridgeLine, CashMovement, Charges, ClosingLine, CostChange, Gain, Held, Nature, NavBridge, Transferred,
};
use crate::basis::Basis;
use crate::conversion::{CrossRate, FxBoard};
use crate::transaction::TransactionKind;

pub(super) fn day(text: &str) -> BusinessDate {
    text.parse().expect("a date")
}

pub(super) fn number(text: &str) -> Decimal {
    text.parse().expect("a number")
}

pub(super) fn instrument(symbol: &str) -> InstrumentId {
    format!("D01~{symbol}").parse().expect("an id")
}

/// A share that the tests trade in.
#[derive(Clone, Debug)]
pub(super) struct Share {
    pub(super) id: InstrumentId,
    pub(super) currency: Currency,
    units: Decimal,
    basis: Basis,
    /// The last close; none before the first.
    pub(super) price: Option<Decimal>,
}

/// What a transaction says about its cash.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cash {
    pub(super) currency: Currency,
    /// The signed change of the balance, charges inside.
    pub(super) net: Decimal,
    pub(super) fees: Decimal,
    pub(super) taxes: Decimal,
}

pub(super) fn cash(currency: Currency, net: &str, fees: &str, taxes: &str) -> Cash {
    Cash { currency, net: number(net), fees: number(fees), taxes: number(taxes) }
}

/// Small books.
#[derive(Clone, Debug)]
pub(super) struct Desk {
    pub(super) base: Currency,
    fx: FxBoard,
    pub(super) shares: Vec<Share>,
    cash: BTreeMap<Currency, Decimal>,
    pub(super) bridge: NavBridge,
    booked: usize,
}

impl Desk {
    /// Books in a base currency with rates in units per euro by day and currency, and shares by symbol and currency.
    pub(super) fn new(
        base: Currency,
        rates: &[(BusinessDate, Currency, Decimal)],
        shares: &[(&str, Currency)],
    ) -> Desk {
        let row = |(rate_date, currency, units): &(BusinessDate, Currency, Decimal)| FxRate {
            fx_source: "ecb_reference_rates".parse().expect("an id"),
            currency: *currency,
            rate_date: *rate_date,
            units_per_eur: (*units).into(),
            landing_sha256: String::new(),
            line: 1,
        };
        let rates: Vec<FxRate> = rates.iter().map(row).collect();
        let share = |(symbol, currency): &(&str, Currency)| Share {
            id: instrument(symbol),
            currency: *currency,
            units: Decimal::ZERO,
            basis: Basis::ZERO,
            price: None,
        };
        Desk {
            base,
            fx: FxBoard::new(&rates),
            shares: shares.iter().map(share).collect(),
            cash: BTreeMap::new(),
            bridge: NavBridge::new(base),
            booked: 0,
        }
    }

    fn rate(&self, currency: Currency, date: BusinessDate) -> Option<CrossRate> {
        self.fx.cross_rate(currency, self.base, date)
    }

    fn in_base(&self, amount: Decimal, currency: Currency, date: BusinessDate) -> Option<Decimal> {
        self.fx.convert(amount, currency, self.base, date).map(|converted| converted.amount)
    }

    fn movement(&mut self, currency: Currency, amount: Decimal, date: BusinessDate) -> CashMovement {
        *self.cash.entry(currency).or_default() += amount;
        CashMovement { currency, amount, amount_base: self.in_base(amount, currency, date) }
    }

    fn charges(&self, cash: &Cash, date: BusinessDate) -> Charges {
        let in_base = |amount| self.in_base(amount, cash.currency, date);
        Charges {
            currency: cash.currency,
            fees: cash.fees,
            fees_base: in_base(cash.fees),
            taxes: cash.taxes,
            taxes_base: in_base(cash.taxes),
        }
    }

    fn book(&mut self, booked: Booked<'_>) {
        self.booked += 1;
        let id = self.booked.to_string();
        self.bridge.book(&Booked { id: &id, ..booked }).expect("fits");
    }

    /// Cash that moves without units.
    pub(super) fn pay(&mut self, date: BusinessDate, kind: TransactionKind, cash: Cash) {
        let charges = self.charges(&cash, date);
        let movement = self.movement(cash.currency, cash.net, date);
        self.book(Booked { cash: &[movement], charges, ..plain(kind, cash.currency) });
    }

    /// An exchange of currencies.
    pub(super) fn exchange(&mut self, date: BusinessDate, from: Cash, to: Currency, counter_amount: Decimal) {
        let charges = self.charges(&from, date);
        let movements = [self.movement(from.currency, from.net, date), self.movement(to, counter_amount, date)];
        self.book(Booked { cash: &movements, charges, ..plain(TransactionKind::Fx, from.currency) });
    }

    /// Units for cash, in any currency: a purchase, a sale, or a dividend that is reinvested.
    pub(super) fn trade(
        &mut self,
        date: BusinessDate,
        kind: TransactionKind,
        share: usize,
        units: Decimal,
        cash: Cash,
    ) {
        let currency = self.shares[share].currency;
        let comes_in = kind != TransactionKind::Sell;
        let charges = self.charges(&cash, date);
        let inside = cash.fees + cash.taxes;
        // What was bought cost the charges, too; what was sold brought the cash that was left after them.
        let (amount, inside) = if comes_in { (-cash.net, inside) } else { (cash.net, -inside) };
        let local = |amount| self.fx.convert(amount, cash.currency, currency, date).map(|converted| converted.amount);
        let basis = Basis {
            local: local(amount),
            base: self.in_base(amount, cash.currency, date),
            charges_local: local(inside),
            charges_base: self.in_base(inside, cash.currency, date),
        };
        let movement = self.movement(cash.currency, cash.net, date);
        let rate = self.rate(currency, date);
        let (change, gain) = self.shares[share].exchange(if comes_in { units } else { -units }, basis);
        let gains: Vec<Gain> =
            gain.into_iter().map(|(proceeds, cost)| Gain { currency, proceeds, cost, rate }).collect();
        self.book(Booked {
            cash: &[movement],
            charges,
            costs: &[CostChange { currency, basis: change }],
            gains: &gains,
            ..plain(kind, cash.currency)
        });
    }

    /// Units that cross the border on a valuation date, at its close; coming in, they may keep what they had cost.
    pub(super) fn transfer(
        &mut self,
        date: BusinessDate,
        kind: TransactionKind,
        share: usize,
        units: Decimal,
        kept_cost: Option<Basis>,
    ) {
        let (currency, price) = (self.shares[share].currency, self.shares[share].price);
        let is_in = matches!(kind, TransactionKind::TransferIn | TransactionKind::OpeningBalance);
        let signed = if is_in { units } else { -units };
        let value = price.map(|price| signed * price);
        let value_base = value.and_then(|value| self.in_base(value, currency, date));
        let at_value =
            Basis::without_charges(value.map(|value| value.abs()), value_base.map(|value_base| value_base.abs()));
        let (change, _) = self.shares[share].exchange(signed, kept_cost.unwrap_or(at_value));
        let transferred = Transferred { currency, value, value_base, rate: self.rate(currency, date) };
        self.book(Booked {
            costs: &[CostChange { currency, basis: change }],
            transferred: Some(transferred),
            ..plain(kind, currency)
        });
    }

    /// A position that became worthless.
    pub(super) fn write_off(&mut self, share: usize) {
        let (units, currency) = (self.shares[share].units, self.shares[share].currency);
        let (change, _) = self.shares[share].exchange(-units, Basis::ZERO);
        self.book(Booked {
            costs: &[CostChange { currency, basis: change }],
            ..plain(TransactionKind::WriteOff, currency)
        });
    }

    pub(super) fn split(&mut self, share: usize, ratio: Decimal) {
        self.shares[share].units *= ratio;
        self.book(plain(TransactionKind::Split, self.shares[share].currency));
    }

    /// What is held, as the bridge wants to see it at a close.
    fn closing_lines(&self) -> Vec<(InstrumentId, Currency, Option<Decimal>, Held)> {
        let mut lines = Vec::new();
        for share in self.shares.iter().filter(|share| !share.units.is_zero()) {
            let value = share.price.map(|price| share.units * price);
            lines.push((share.id.clone(), share.currency, value, Held::Security(share.basis)));
        }
        for (currency, amount) in self.cash.iter().filter(|(_, amount)| !amount.is_zero()) {
            lines.push((InstrumentId::cash(*currency), *currency, Some(*amount), Held::Cash));
        }
        lines
    }

    pub(super) fn close(&mut self, date: BusinessDate) -> Vec<BridgeLine> {
        let held = self.closing_lines();
        let lines = held.iter().map(|(instrument_id, currency, value, held)| ClosingLine {
            instrument_id,
            currency: *currency,
            value: *value,
            value_base: value.and_then(|value| self.in_base(value, *currency, date)),
            held: *held,
        });
        let lines: Vec<ClosingLine<'_>> = lines.collect();
        let (fx, base) = (&self.fx, self.base);
        self.bridge.close(date, lines, |currency| fx.cross_rate(currency, base, date)).expect("fits")
    }

    /// A close with securities that are worth what they cost and cash balances as given, whatever the desk holds.
    pub(super) fn close_with(
        &mut self,
        date: BusinessDate,
        held: &[(InstrumentId, Basis)],
        balances: &[(Currency, Decimal)],
    ) -> Vec<BridgeLine> {
        let cash = balances.iter().map(|(currency, amount)| (InstrumentId::cash(*currency), *currency, *amount));
        let cash: Vec<(InstrumentId, Currency, Decimal)> = cash.collect();
        let securities = held.iter().map(|(instrument_id, basis)| ClosingLine {
            instrument_id,
            currency: Currency::USD,
            value: basis.local,
            value_base: basis.base,
            held: Held::Security(*basis),
        });
        let cash = cash.iter().map(|(instrument_id, currency, amount)| ClosingLine {
            instrument_id,
            currency: *currency,
            value: Some(*amount),
            value_base: self.in_base(*amount, *currency, date),
            held: Held::Cash,
        });
        let lines: Vec<ClosingLine<'_>> = securities.chain(cash).collect();
        let (fx, base) = (&self.fx, self.base);
        self.bridge.close(date, lines, |currency| fx.cross_rate(currency, base, date)).expect("fits")
    }

    /// What is held in each currency: its value in it and in the base currency.
    pub(super) fn values(&self, date: BusinessDate) -> BTreeMap<Currency, (Decimal, Decimal)> {
        let mut values: BTreeMap<Currency, (Decimal, Decimal)> = BTreeMap::new();
        for (_, currency, value, _) in self.closing_lines() {
            let value = value.expect("a price");
            let sums = values.entry(currency).or_default();
            sums.0 += value;
            sums.1 += self.in_base(value, currency, date).expect("a rate");
        }
        values
    }
}

impl Share {
    /// Moves units in (positive) or out, first against what is held of the other sign, at average cost. Returns the
    /// change of the cost and, if units were closed, proceeds and cost.
    fn exchange(&mut self, signed: Decimal, basis: Basis) -> (Basis, Option<(Basis, Basis)>) {
        let before = self.basis;
        let units = signed.abs();
        let mut left = units;
        let mut gain = None;
        if !self.units.is_zero() && self.units.is_sign_negative() != signed.is_sign_negative() {
            let held = self.units.abs();
            let closed = units.min(held);
            let given_up = self.basis.part(closed, held).expect("fits");
            let moved = basis.part(closed, units).expect("fits");
            let is_in = signed.is_sign_positive();
            gain = Some(if is_in { (given_up.negated(), moved) } else { (moved, given_up) });
            self.basis = self.basis.checked_sub(given_up).expect("fits");
            self.units += if is_in { closed } else { -closed };
            left -= closed;
        }
        if !left.is_zero() {
            let opened = basis.part(left, units).expect("fits");
            let opened = if signed.is_sign_positive() { opened } else { opened.negated() };
            self.basis = if self.units.is_zero() { opened } else { self.basis.checked_add(opened).expect("fits") };
            self.units += if signed.is_sign_positive() { left } else { -left };
        }
        if self.units.is_zero() {
            self.basis = Basis::ZERO;
        }
        (self.basis.checked_sub(before).expect("fits"), gain)
    }
}

fn plain(kind: TransactionKind, currency: Currency) -> Booked<'static> {
    Booked {
        id: "",
        nature: Nature::Transaction(kind),
        cash: &[],
        charges: Charges::none(currency),
        costs: &[],
        gains: &[],
        transferred: None,
    }
}

/// Lines as words: component, currency, amount and amount in base currency, rounded to six decimals.
pub(super) fn words(lines: &[BridgeLine]) -> Vec<String> {
    let rounded = |amount: Option<Decimal>| {
        amount.map_or_else(|| "-".to_owned(), |amount| amount.round_dp(6).normalize().to_string())
    };
    lines
        .iter()
        .map(|line| {
            let (amount, amount_base) = (rounded(line.amount), rounded(line.amount_base));
            format!("{} {} {amount} {amount_base}", line.component, line.currency)
        })
        .collect()
}

/// The sums of lines by component and currency.
pub(super) fn sums(lines: &[BridgeLine]) -> BTreeMap<(BridgeComponent, Currency), (Decimal, Decimal)> {
    let mut sums: BTreeMap<(BridgeComponent, Currency), (Decimal, Decimal)> = BTreeMap::new();
    for line in lines {
        let sum = sums.entry((line.component, line.currency)).or_default();
        sum.0 += line.amount.unwrap_or_default();
        sum.1 += line.amount_base.unwrap_or_default();
    }
    sums
}
