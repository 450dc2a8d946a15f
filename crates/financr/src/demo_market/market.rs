//! The demo's market: every instrument with its quotes and corporate actions, and the FX rates.
//!
//! Days are positions in one list of calendar days, so that weekends and the holidays of four exchanges need no
//! special treatment: a day without a quote has none.

use std::collections::BTreeMap;

use anyhow::Context;
use rust_decimal::Decimal;
use schemas::{BusinessDate, Currency, HolidayCalendar};

use super::corporate_plan;
use super::dice::Dice;
use super::exchanges::Exchange;
use super::factors::{self, FactorPath};
use super::fx_rates::FxRates;
use super::issues::{Fate, ISSUES, Issue};
use super::volumes;
use super::walks::{Action, IndexMembers, SharedReturns, walk};

/// The stream of random numbers that the market is drawn from.
const MARKET_STREAM: u64 = 0;

/// Everything that is the same for all portfolios.
pub(super) struct Market {
    /// Every calendar day from the first to the last.
    pub(super) days: Vec<BusinessDate>,
    /// For each day whether TARGET is open.
    pub(super) is_business_day: Vec<bool>,
    /// For each day whether it is the last business day of its month.
    pub(super) is_month_end: Vec<bool>,
    /// The instruments, in the order of the list of issues.
    pub(super) listings: Vec<Listing>,
    /// The reference rates.
    pub(super) fx_rates: FxRates,
    /// What moves many issues at once.
    pub(super) factors: Vec<FactorPath>,
}

/// One instrument and its history.
pub(super) struct Listing {
    /// What it is.
    pub(super) issue: &'static Issue,
    /// The currency in which it is valued.
    pub(super) currency: Currency,
    /// What a quote is multiplied by to be in the currency.
    pub(super) price_scale: Decimal,
    /// For each day whether its exchange trades.
    pub(super) open: Vec<bool>,
    /// The close of each day that has one.
    pub(super) closes: Vec<Option<Decimal>>,
    /// The units traded on each day that has a close; none of an index.
    pub(super) volumes: Vec<Option<Decimal>>,
    /// The corporate actions by ex-date.
    pub(super) actions: BTreeMap<usize, Action>,
}

impl Market {
    /// Draws the market of a seed.
    ///
    /// # Errors
    /// If the TARGET calendar does not cover the days.
    pub(super) fn draw(seed: u64, start: BusinessDate, end: BusinessDate) -> anyhow::Result<Market> {
        let days = calendar_days(start, end);
        let target = HolidayCalendar::named("TARGET")?;
        let mut is_business_day = Vec::with_capacity(days.len());
        let mut is_month_end = Vec::with_capacity(days.len());
        for date in &days {
            is_business_day.push(target.is_business_day(*date)?);
            is_month_end.push(target.is_month_end(*date)?);
        }
        let mut dice = Dice::seeded(seed, MARKET_STREAM);
        let fx_rates = FxRates::draw(&is_business_day, &mut dice)?;
        let shared = SharedReturns::draw(days.len(), &mut dice);
        let mut listings = Vec::with_capacity(ISSUES.len());
        for exchange in Exchange::ALL {
            let open = exchange.open_days(&days, &target)?;
            listings.extend(draw_exchange(exchange, &days, &open, &shared, &mut dice)?);
        }
        volumes::draw(seed, &mut listings)?;
        let factors = factors::draw(seed, &shared, &is_business_day)?;
        Ok(Market { days, is_business_day, is_month_end, listings, fx_rates, factors })
    }

    /// The positions of the instruments that clients may buy in the ordinary course.
    pub(super) fn investable(&self) -> Vec<usize> {
        let numbered = self.listings.iter().enumerate();
        numbered.filter(|(_, listing)| listing.issue.is_investable()).map(|(number, _)| number).collect()
    }

    /// The instrument that fails.
    ///
    /// # Errors
    /// If the list of issues has none.
    pub(super) fn failing(&self) -> anyhow::Result<usize> {
        let fails = |listing: &Listing| matches!(listing.issue.fate, Fate::Fails(_, _));
        self.listings.iter().position(fails).context("no issue of the demo fails")
    }

    /// The symbol of the share index in a currency.
    ///
    /// # Errors
    /// If there is none in this currency.
    pub(super) fn benchmark(&self, currency: Currency) -> anyhow::Result<&'static str> {
        let is_index = |listing: &&Listing| listing.issue.fate == Fate::Index && listing.currency == currency;
        let index = self.listings.iter().find(is_index);
        index.map(|listing| listing.issue.symbol).with_context(|| format!("the demo has no index in {currency}"))
    }
}

impl Listing {
    /// The last close on or before a day, in the currency of the instrument.
    pub(super) fn last_unit_value(&self, day: usize) -> Option<Decimal> {
        let close = self.closes[..=day].iter().rev().find_map(|close| *close)?;
        Some(close * self.price_scale)
    }

    /// Whether the exchange still quotes the instrument on a day; single lost quotes aside.
    pub(super) fn is_listed(&self, day: usize) -> bool {
        self.issue.fate.is_quoted(day, self.open.len())
    }
}

fn calendar_days(start: BusinessDate, end: BusinessDate) -> Vec<BusinessDate> {
    let mut days = Vec::new();
    let mut date = start;
    while date <= end {
        days.push(date);
        date = date.next_calendar_day();
    }
    days
}

fn draw_exchange(
    exchange: Exchange,
    days: &[BusinessDate],
    open: &[bool],
    shared: &SharedReturns,
    dice: &mut Dice,
) -> anyhow::Result<Vec<Listing>> {
    let currency: Currency = exchange.currency_code().parse()?;
    let mut members = IndexMembers::none(days.len());
    let mut listings = Vec::new();
    for (number, issue) in ISSUES.iter().enumerate().filter(|(_, issue)| issue.exchange == exchange) {
        let is_index = issue.fate == Fate::Index;
        let path = if is_index {
            members.index(issue, open)?
        } else {
            let planned = corporate_plan::plan(issue, number, days, open);
            walk(issue, &planned, open, shared, &mut members, dice)?
        };
        listings.push(Listing {
            issue,
            currency,
            price_scale: if is_index { Decimal::ONE } else { exchange.price_scale() },
            open: open.to_vec(),
            closes: path.closes,
            volumes: Vec::new(),
            actions: path.actions,
        });
    }
    Ok(listings)
}
