//! What a client does from day to day: save, invest, take money out, put weights right, pay the bank.
//!
//! A day runs as at a bank: corporate actions first, then what the client asked for, then the orders that can be
//! executed, then the bank's own charges.

use chrono::Datelike;
use rust_decimal::Decimal;
use schemas::money::round_to_minor_unit;

use super::book::{Book, Kind, Lot};
use super::client::{Client, Payday};
use super::dice::Dice;
use super::market::Market;

/// A client's portfolio in the making.
pub(super) struct ClientLife<'market> {
    pub(super) market: &'market Market,
    pub(super) client: &'market Client,
    pub(super) book: Book<'market>,
    pub(super) orders: Vec<Order>,
    pub(super) dice: Dice,
    pub(super) stage: Stage,
    /// The next chapter of the client's story, from 0.
    pub(super) chapter: usize,
    /// The day on which the last chapter was told.
    pub(super) chapter_day: usize,
    saving_is_due: bool,
    savings_made: usize,
}

/// An order that waits for a day on which its instrument is quoted.
pub(super) struct Order {
    /// The instrument.
    pub(super) listing: usize,
    /// The most it may cost, in the base currency.
    pub(super) budget: Decimal,
    /// The first day on which it may be executed.
    pub(super) earliest: usize,
    /// How finely shares are bought.
    pub(super) lot: Lot,
}

/// Whether the account is in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// The client saves and invests.
    Open,
    /// Everything is being sold.
    Closing,
    /// Nothing is there.
    Empty,
}

/// What is kept back of the first deposit, in percent: for fees, and for FX deals that cost more than planned.
const KEPT_BACK_PERCENT: i64 = 8;
/// The first orders are spread over so many days.
const FIRST_ORDERS_DAYS: usize = 13;
/// Habits begin so many days after the account was opened.
const SAVING_AFTER_DAYS: usize = 20;
const CHARGES_AFTER_DAYS: usize = 30;
const WITHDRAWALS_AFTER_DAYS: usize = 60;
const REBALANCING_AFTER_DAYS: usize = 90;
/// Rebalancing on so many days in a thousand, withdrawals on so many business days in a thousand.
const REBALANCING_PER_MILLE: i64 = 9;
const WITHDRAWALS_PER_MILLE: i64 = 7;

/// Lets a client live from the opening of the account to the last day of the market.
///
/// # Errors
/// If a price or a rate is missing that a booking needs.
pub(super) fn live<'market>(
    market: &'market Market,
    client: &'market Client,
    dice: Dice,
) -> anyhow::Result<Book<'market>> {
    let mut life = ClientLife {
        market,
        client,
        book: Book::empty(market, client.base_currency),
        orders: Vec::new(),
        dice,
        stage: Stage::Open,
        chapter: 0,
        chapter_day: client.first_day,
        saving_is_due: false,
        savings_made: 0,
    };
    life.open_account(client.first_day);
    for day in client.first_day..market.days.len() {
        life.book.apply_corporate_actions(day);
        life.follow_story(day)?;
        if life.stage == Stage::Open {
            life.save(day);
            life.withdraw(day)?;
            life.rebalance(day)?;
            life.execute_orders(day)?;
            life.settle_with_bank(day)?;
        }
    }
    Ok(life.book)
}

impl ClientLife<'_> {
    /// Books the first deposit and places the first orders.
    pub(super) fn open_account(&mut self, day: usize) {
        let client = self.client;
        self.book.book_cash(day, Kind::Deposit, client.base_currency, client.deposit, "account opened");
        let weights: Vec<i64> = client.basket.iter().map(|_| self.dice.between(50, 150)).collect();
        let total = Decimal::from(weights.iter().sum::<i64>());
        let invested = client.deposit * Decimal::new(100 - KEPT_BACK_PERCENT, 2);
        for (listing, weight) in client.basket.iter().zip(weights) {
            let earliest = day + self.dice.position(FIRST_ORDERS_DAYS);
            let budget = invested * Decimal::from(weight) / total;
            self.orders.push(Order { listing: *listing, budget, earliest, lot: Lot::Whole });
        }
    }

    /// Whether the account has been open for so many days.
    pub(super) fn is_older_than(&self, days: usize, day: usize) -> bool {
        self.client.first_day + days <= day
    }

    fn save(&mut self, day: usize) {
        let client = self.client;
        let Some(savings) = client.savings else { return };
        let date = self.market.days[day].day();
        if date.day() == savings.day_of_month && self.is_older_than(SAVING_AFTER_DAYS, day) {
            self.saving_is_due = true;
        }
        let is_business_day = self.market.is_business_day[day];
        if !self.saving_is_due || (savings.payday == Payday::NextBusinessDay && !is_business_day) {
            return;
        }
        let note = if is_business_day { "savings plan" } else { "savings plan; closing day without reference rates" };
        self.book.book_cash(day, Kind::Deposit, client.base_currency, savings.amount, note);
        let listing = client.basket[self.savings_made % client.basket.len()];
        let budget = savings.amount * Decimal::new(98, 2);
        self.orders.push(Order { listing, budget, earliest: day, lot: Lot::Thousandth });
        self.saving_is_due = false;
        self.savings_made += 1;
    }

    fn withdraw(&mut self, day: usize) -> anyhow::Result<()> {
        let client = self.client;
        let may_withdraw = client.withdraws && self.is_older_than(WITHDRAWALS_AFTER_DAYS, day);
        if !may_withdraw || !self.market.is_business_day[day] || !self.dice.happens(WITHDRAWALS_PER_MILLE) {
            return Ok(());
        }
        let percent = Decimal::new(self.dice.between(1, 3), 2);
        let round_amount = Decimal::from(50) * client.round_unit;
        let amount = (self.book.value(day)? * percent / round_amount).floor() * round_amount;
        if Decimal::ZERO < amount && self.book.raise_cash(day, amount)? {
            self.book.book_cash(day, Kind::Withdrawal, client.base_currency, -amount, "");
        }
        Ok(())
    }

    /// Sells a part of the largest position and buys more of the smallest.
    fn rebalance(&mut self, day: usize) -> anyhow::Result<()> {
        let client = self.client;
        let may_rebalance = client.rebalances && self.is_older_than(REBALANCING_AFTER_DAYS, day);
        if !may_rebalance || !self.dice.happens(REBALANCING_PER_MILLE) {
            return Ok(());
        }
        let quoted = self.book.quoted_by_value(day)?;
        let [largest, _, .., smallest] = quoted.as_slice() else { return Ok(()) };
        let percent = Decimal::new(self.dice.between(15, 35), 2);
        let quantity = (self.book.held(*largest) * percent).floor();
        if quantity <= Decimal::ZERO {
            return Ok(());
        }
        let currency = self.market.listings[*largest].currency;
        let proceeds = self.book.sell(day, *largest, quantity, "rebalancing");
        let in_base = self.market.fx_rates.convert(proceeds, currency, client.base_currency, day)?;
        if self.dice.happens(500) {
            self.book.convert_foreign_cash(day)?;
        }
        let budget = in_base * Decimal::new(95, 2);
        self.orders.push(Order { listing: *smallest, budget, earliest: day, lot: Lot::Whole });
        Ok(())
    }

    fn execute_orders(&mut self, day: usize) -> anyhow::Result<()> {
        let market = self.market;
        let is_due = |order: &Order| order.earliest <= day && market.listings[order.listing].closes[day].is_some();
        let orders = std::mem::take(&mut self.orders);
        let (due, waiting): (Vec<Order>, Vec<Order>) = orders.into_iter().partition(is_due);
        self.orders = waiting;
        for order in due {
            self.book.buy(day, order.listing, order.budget, order.lot)?;
        }
        Ok(())
    }

    /// Interest and the service fee at the end of a quarter, tax at the end of January.
    fn settle_with_bank(&mut self, day: usize) -> anyhow::Result<()> {
        if !self.market.is_month_end[day] || !self.is_older_than(CHARGES_AFTER_DAYS, day) {
            return Ok(());
        }
        let client = self.client;
        let month = self.market.days[day].day().month();
        if month.is_multiple_of(3) {
            // Half a percent a year on what is there.
            let interest = self.book.cash_in(client.base_currency) * Decimal::new(125, 5);
            if Decimal::ZERO < round_to_minor_unit(interest, client.base_currency) {
                self.book.book_cash(day, Kind::Interest, client.base_currency, interest, "quarterly interest");
            }
            let fee = self.book.value(day)? * Decimal::new(1, 3);
            self.charge(day, Kind::Fee, fee, "quarterly service fee")?;
        }
        if month == 1 && client.pays_tax {
            let tax = self.book.value(day)? * Decimal::new(4, 4);
            self.charge(day, Kind::Tax, tax, "yearly tax")?;
        }
        Ok(())
    }

    /// Deducts an amount, after a sale if need be; a bank that cannot collect it waives it.
    fn charge(&mut self, day: usize, kind: Kind, amount: Decimal, note: &'static str) -> anyhow::Result<()> {
        let rounded = round_to_minor_unit(amount, self.client.base_currency);
        if Decimal::ZERO < rounded && self.book.raise_cash(day, rounded)? {
            self.book.book_cash(day, kind, self.client.base_currency, -rounded, note);
        }
        Ok(())
    }
}
