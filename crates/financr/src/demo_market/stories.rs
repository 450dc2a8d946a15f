//! The stories of the few clients to whom more happens than saving and investing.
//!
//! Each story has chapters; a chapter is told on the first day on which it is possible, and then never again.

use rust_decimal::Decimal;

use super::book::{Kind, Lot};
use super::client::Story;
use super::client_life::{ClientLife, Order, Stage};

/// How long an account stays overdrawn, and how long a closed one stays empty at least, in days.
const OVERDRAWN_DAYS: usize = 20;
const EMPTY_DAYS: usize = 30;
/// An instrument is written off so many days after its last quote.
const WRITE_OFF_DAYS: usize = 10;

impl ClientLife<'_> {
    /// Tells the next chapter, if its day has come.
    ///
    /// # Errors
    /// If a price or a rate is missing that a booking needs.
    pub(super) fn follow_story(&mut self, day: usize) -> anyhow::Result<()> {
        let is_told = match (self.client.story, self.chapter) {
            (Story::TransferIn | Story::TransferInAndOut, 0) => self.receive_shares(day)?,
            (Story::TransferInAndOut, 1) => self.hand_over_shares(day)?,
            (Story::WriteOff, 0) => self.order_what_will_fail(day)?,
            (Story::WriteOff, 1) => self.write_off(day)?,
            (Story::Overdraft, 0) => self.overdraw(day),
            (Story::Overdraft, 1) => self.repay(day),
            (Story::Reopened, 0) => self.give_notice(day),
            (Story::Reopened, 1) => self.wind_up(day)?,
            (Story::Reopened, 2) => self.come_back(day),
            _ => false,
        };
        if is_told {
            self.chapter += 1;
            self.chapter_day = day;
        }
        Ok(())
    }

    fn receive_shares(&mut self, day: usize) -> anyhow::Result<bool> {
        let listing = self.client.basket[0];
        if !self.has_come(30, day) || self.market.listings[listing].closes[day].is_none() {
            return Ok(false);
        }
        let quantity = Decimal::from(self.dice.between(20, 60));
        self.book.book_delivery(day, Kind::TransferIn, listing, quantity, "delivered from another bank")?;
        Ok(true)
    }

    fn hand_over_shares(&mut self, day: usize) -> anyhow::Result<bool> {
        if !self.has_come(60, day) {
            return Ok(false);
        }
        for listing in self.book.quoted_by_value(day)? {
            let half = (self.book.held(listing) / Decimal::TWO).floor();
            if Decimal::ZERO < half {
                self.book.book_delivery(day, Kind::TransferOut, listing, half, "delivered to another bank")?;
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn order_what_will_fail(&mut self, day: usize) -> anyhow::Result<bool> {
        if !self.has_come(10, day) || !self.market.is_business_day[day] {
            return Ok(false);
        }
        let budget = self.client.deposit * Decimal::new(3, 2);
        if !self.book.raise_cash(day, budget * Decimal::new(105, 2))? {
            return Ok(false);
        }
        let listing = self.market.failing()?;
        self.orders.push(Order { listing, budget, earliest: day, lot: Lot::Whole });
        Ok(true)
    }

    fn write_off(&mut self, day: usize) -> anyhow::Result<bool> {
        let listing = self.market.failing()?;
        let quantity = self.book.held(listing);
        let security = &self.market.listings[listing];
        let last_listed = day.saturating_sub(WRITE_OFF_DAYS);
        if quantity.is_zero() || security.is_listed(last_listed) || !security.open[day] {
            return Ok(false);
        }
        self.book.book_delivery(day, Kind::WriteOff, listing, quantity, "worthless after insolvency")?;
        Ok(true)
    }

    fn overdraw(&mut self, day: usize) -> bool {
        if !self.has_come(35, day) || !self.market.is_business_day[day] {
            return false;
        }
        let currency = self.client.base_currency;
        let amount = self.book.cash_in(currency) + Decimal::from(250) * self.client.round_unit;
        self.book.book_cash(day, Kind::Withdrawal, currency, -amount, "overdrawn until the next transfer");
        true
    }

    fn repay(&mut self, day: usize) -> bool {
        if day < self.chapter_day + OVERDRAWN_DAYS || !self.market.is_business_day[day] {
            return false;
        }
        let (currency, unit) = (self.client.base_currency, self.client.round_unit);
        self.book.book_cash(day, Kind::Interest, currency, Decimal::new(-125, 2) * unit, "interest on the overdraft");
        self.book.book_cash(day, Kind::Deposit, currency, Decimal::from(1000) * unit, "repays the overdraft");
        true
    }

    fn give_notice(&mut self, day: usize) -> bool {
        if !self.has_come(40, day) {
            return false;
        }
        self.orders.clear();
        self.stage = Stage::Closing;
        true
    }

    /// Sells what is quoted; when nothing is left, pays everything out.
    fn wind_up(&mut self, day: usize) -> anyhow::Result<bool> {
        for listing in self.book.quoted_by_value(day)? {
            self.book.sell(day, listing, self.book.held(listing), "account closed");
        }
        if !self.book.has_no_shares() || !self.market.is_business_day[day] {
            return Ok(false);
        }
        self.book.convert_foreign_cash(day)?;
        for currency in self.book.cash_currencies() {
            let amount = self.book.cash_in(currency);
            self.book.book_cash(day, Kind::Withdrawal, currency, -amount, "account closed");
        }
        self.stage = Stage::Empty;
        Ok(true)
    }

    fn come_back(&mut self, day: usize) -> bool {
        let is_early = day < self.chapter_day + EMPTY_DAYS || !self.has_come(70, day);
        if is_early || !self.market.is_business_day[day] {
            return false;
        }
        self.open_account(day);
        self.stage = Stage::Open;
        true
    }

    /// Whether so many percent of the account's time have passed.
    fn has_come(&self, percent: usize, day: usize) -> bool {
        let lifetime = self.market.days.len() - self.client.first_day;
        self.is_older_than(lifetime * percent / 100, day)
    }
}
