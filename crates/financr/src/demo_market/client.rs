//! Who the demo's clients are: what they bring, what they want, and what happens to them.

use anyhow::Context;
use rust_decimal::Decimal;
use schemas::Currency;

use super::dice::Dice;
use super::market::Market;

/// One client with one portfolio.
pub(super) struct Client {
    /// From 1.
    pub(super) number: usize,
    /// The currency of the portfolio's figures.
    pub(super) base_currency: Currency,
    /// About one euro in the base currency, in round numbers: 100 for the yen, otherwise 1.
    pub(super) round_unit: Decimal,
    /// The day on which the account is opened.
    pub(super) first_day: usize,
    /// What is paid in at the start.
    pub(super) deposit: Decimal,
    /// The instruments that the client buys.
    pub(super) basket: Vec<usize>,
    /// The savings plan, if there is one.
    pub(super) savings: Option<Savings>,
    /// Whether money is taken out now and then.
    pub(super) withdraws: bool,
    /// Whether the weights are put right now and then.
    pub(super) rebalances: bool,
    /// Whether the bank deducts tax once a year.
    pub(super) pays_tax: bool,
    /// What happens to this client and to few others.
    pub(super) story: Story,
}

/// An amount that is paid in and invested every month.
#[derive(Clone, Copy, Debug)]
pub(super) struct Savings {
    /// The amount in the base currency.
    pub(super) amount: Decimal,
    /// The day of the month, 1 to 28.
    pub(super) day_of_month: u32,
    /// What if the bank is closed on that day.
    pub(super) payday: Payday,
}

/// When money arrives whose day is a closing day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Payday {
    /// On that day all the same, as some banks book it.
    AsNamed,
    /// On the next business day.
    NextBusinessDay,
}

/// What happens to a client besides saving and investing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Story {
    /// Nothing.
    Ordinary,
    /// Shares are delivered from another bank.
    TransferIn,
    /// Shares are delivered, and later others are delivered to another bank.
    TransferInAndOut,
    /// Shares become worthless and are written off.
    WriteOff,
    /// The account is overdrawn for some weeks.
    Overdraft,
    /// Everything is sold and paid out; later the client comes back.
    Reopened,
}

/// Accounts are opened within so many days after the start, or within a quarter of a short demo.
const OPENING_DAYS: usize = 120;
/// A client buys so many instruments.
const BASKET_MIN: i64 = 5;
const BASKET_MAX: i64 = 15;

impl Client {
    /// Draws the client with a number.
    ///
    /// # Errors
    /// If no business day is left on which the account could be opened.
    pub(super) fn draw(number: usize, market: &Market, dice: &mut Dice) -> anyhow::Result<Client> {
        let base_currency: Currency = match dice.between(1, 20) {
            1..=10 => "EUR",
            11..=15 => "USD",
            16..=18 => "GBP",
            _ => "JPY",
        }
        .parse()?;
        let round_unit = if base_currency.minor_unit_digits() == 0 { Decimal::ONE_HUNDRED } else { Decimal::ONE };
        let latest = OPENING_DAYS.min(market.days.len() / 4);
        let earliest_day = dice.position(latest + 1);
        let first_day = (earliest_day..market.days.len()).find(|day| market.is_business_day[*day]);
        let deposit = Decimal::from(dice.between(20, 500) * 1000) * round_unit;
        Ok(Client {
            number,
            base_currency,
            round_unit,
            first_day: first_day.with_context(|| format!("no business day is left for client {number}"))?,
            deposit,
            basket: draw_basket(base_currency, market, dice),
            savings: draw_savings(number, round_unit, dice),
            withdraws: dice.happens(250),
            rebalances: dice.happens(600),
            pays_tax: number % 3 == 1,
            story: Story::of(number),
        })
    }

    /// The title of the portfolio.
    pub(super) fn title(&self) -> String {
        let spread = if self.basket.len() < 9 { "concentrated" } else { "diversified" };
        let saving = if self.savings.is_some() { ", savings plan" } else { "" };
        format!("Demo client {:03} ({spread}, {}{saving})", self.number, self.base_currency)
    }
}

impl Story {
    /// The first clients have the stories, so that a small demo has them all.
    const fn of(number: usize) -> Story {
        match number {
            3 => Story::TransferIn,
            4 => Story::TransferInAndOut,
            5 => Story::WriteOff,
            6 => Story::Overdraft,
            7 => Story::Reopened,
            _ => Story::Ordinary,
        }
    }
}

/// Half of the instruments come from the client's own currency, the rest from everywhere.
fn draw_basket(base_currency: Currency, market: &Market, dice: &mut Dice) -> Vec<usize> {
    let everywhere = market.investable();
    let is_at_home = |number: &usize| market.listings[*number].currency == base_currency;
    let at_home: Vec<usize> = everywhere.iter().copied().filter(is_at_home).collect();
    let size = usize::try_from(dice.between(BASKET_MIN, BASKET_MAX)).unwrap_or(1);
    let mut basket = dice.draw(&at_home, size / 2);
    let others: Vec<usize> = everywhere.into_iter().filter(|number| !basket.contains(number)).collect();
    basket.extend(dice.draw(&others, size - basket.len()));
    basket
}

/// Every fourth client saves on the named day, weekend or not; of the others three in ten save, on business days.
fn draw_savings(number: usize, round_unit: Decimal, dice: &mut Dice) -> Option<Savings> {
    let amount = Decimal::from(dice.between(2, 30) * 50) * round_unit;
    let day_of_month = u32::try_from(dice.between(1, 28)).ok()?;
    let is_drawn = dice.happens(300);
    if number.is_multiple_of(4) {
        Some(Savings { amount, day_of_month, payday: Payday::AsNamed })
    } else {
        is_drawn.then_some(Savings { amount, day_of_month, payday: Payday::NextBusinessDay })
    }
}
