//! The four exchanges of the demo and the days on which they trade.
//!
//! Their holidays differ on purpose: a portfolio that holds shares of all four has days on which only some of its
//! prices move. The rules are modeled on the exchanges of the four currencies and simplified; one-off closings and
//! the Japanese equinox holidays are left out.

use std::collections::BTreeSet;

use chrono::{Datelike, Days, NaiveDate, Weekday};
use rust_decimal::Decimal;
use schemas::{BusinessDate, HolidayCalendar};

/// A place where instruments of one currency trade.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Exchange {
    /// Quotes in euro, closed when TARGET is.
    Euro,
    /// Quotes in dollars.
    Dollar,
    /// Quotes in pence.
    Sterling,
    /// Quotes in whole yen.
    Yen,
}

/// A rule that gives one closing day a year.
#[derive(Clone, Copy, Debug)]
enum Holiday {
    /// Month and day.
    Day(u32, u32),
    /// The n-th such weekday of a month.
    Nth(u8, Weekday, u32),
    /// The last such weekday of a month.
    Last(Weekday, u32),
    /// So many days after Good Friday.
    Easter(u64),
}

impl Exchange {
    /// Every exchange, in the order of the list of issues.
    pub(super) const ALL: [Exchange; 4] = [Exchange::Euro, Exchange::Dollar, Exchange::Sterling, Exchange::Yen];

    /// The currency in which positions are valued.
    pub(super) const fn currency_code(self) -> &'static str {
        match self {
            Exchange::Euro => "EUR",
            Exchange::Dollar => "USD",
            Exchange::Sterling => "GBP",
            Exchange::Yen => "JPY",
        }
    }

    /// The unit of the quotes: pence in London, otherwise the currency.
    pub(super) const fn quote_unit(self) -> &'static str {
        match self {
            Exchange::Sterling => "GBX",
            Exchange::Euro | Exchange::Dollar | Exchange::Yen => self.currency_code(),
        }
    }

    /// What a quote is multiplied by to be in the currency.
    pub(super) fn price_scale(self) -> Decimal {
        match self {
            Exchange::Sterling => Decimal::new(1, 2),
            Exchange::Euro | Exchange::Dollar | Exchange::Yen => Decimal::ONE,
        }
    }

    /// Decimals of a quote.
    pub(super) const fn quote_decimals(self) -> u32 {
        match self {
            Exchange::Yen => 0,
            Exchange::Euro | Exchange::Dollar | Exchange::Sterling => 2,
        }
    }

    /// Decimals of a dividend per share, which is in the currency and not in the quote unit.
    pub(super) const fn dividend_decimals(self) -> u32 {
        match self {
            Exchange::Yen => 0,
            Exchange::Euro | Exchange::Dollar => 2,
            Exchange::Sterling => 4,
        }
    }

    /// The tax on purchases as a fraction of the value: stamp duty in London.
    pub(super) fn purchase_tax(self) -> Decimal {
        match self {
            Exchange::Sterling => Decimal::new(5, 3),
            Exchange::Euro | Exchange::Dollar | Exchange::Yen => Decimal::ZERO,
        }
    }

    /// For each of the given days whether the exchange trades.
    ///
    /// # Errors
    /// If the TARGET calendar does not cover the days.
    pub(super) fn open_days(self, days: &[BusinessDate], target: &HolidayCalendar) -> anyhow::Result<Vec<bool>> {
        let years: BTreeSet<i32> = days.iter().map(|date| date.day().year()).collect();
        let mut closed = BTreeSet::new();
        for year in years {
            closed.extend(self.closing_days(year, target)?);
        }
        let mut open = Vec::with_capacity(days.len());
        for date in days {
            let is_open = match self {
                Exchange::Euro => target.is_business_day(*date)?,
                Exchange::Dollar | Exchange::Sterling | Exchange::Yen => {
                    !is_weekend(date.day()) && !closed.contains(&date.day())
                }
            };
            open.push(is_open);
        }
        Ok(open)
    }

    fn closing_days(self, year: i32, target: &HolidayCalendar) -> anyhow::Result<BTreeSet<NaiveDate>> {
        let good_friday = good_friday(year, target)?;
        let mut closed = BTreeSet::new();
        for holiday in self.holidays() {
            let observed = holiday.date(year, good_friday).and_then(|day| self.observed(day, &closed));
            closed.extend(observed);
        }
        Ok(closed)
    }

    /// The day on which a holiday is kept that falls on a weekend.
    fn observed(self, day: NaiveDate, closed: &BTreeSet<NaiveDate>) -> Option<NaiveDate> {
        match self {
            Exchange::Euro => Some(day),
            Exchange::Dollar => match day.weekday() {
                Weekday::Sat if day.ordinal() == 1 => None,
                Weekday::Sat => day.pred_opt(),
                Weekday::Sun => day.succ_opt(),
                _ => Some(day),
            },
            Exchange::Sterling => day.iter_days().find(|later| !is_weekend(*later) && !closed.contains(later)),
            Exchange::Yen => day.iter_days().find(|later| later.weekday() != Weekday::Sun && !closed.contains(later)),
        }
    }

    const fn holidays(self) -> &'static [Holiday] {
        match self {
            Exchange::Euro => &[],
            Exchange::Dollar => &[
                Holiday::Day(1, 1),
                Holiday::Nth(3, Weekday::Mon, 1),
                Holiday::Nth(3, Weekday::Mon, 2),
                Holiday::Easter(0),
                Holiday::Last(Weekday::Mon, 5),
                Holiday::Day(7, 4),
                Holiday::Nth(1, Weekday::Mon, 9),
                Holiday::Nth(4, Weekday::Thu, 11),
                Holiday::Day(12, 25),
            ],
            Exchange::Sterling => &[
                Holiday::Day(1, 1),
                Holiday::Easter(0),
                Holiday::Easter(3),
                Holiday::Nth(1, Weekday::Mon, 5),
                Holiday::Last(Weekday::Mon, 5),
                Holiday::Last(Weekday::Mon, 8),
                Holiday::Day(12, 25),
                Holiday::Day(12, 26),
            ],
            Exchange::Yen => &[
                Holiday::Day(1, 1),
                Holiday::Day(1, 2),
                Holiday::Day(1, 3),
                Holiday::Nth(2, Weekday::Mon, 1),
                Holiday::Day(2, 11),
                Holiday::Day(2, 23),
                Holiday::Day(4, 29),
                Holiday::Day(5, 3),
                Holiday::Day(5, 4),
                Holiday::Day(5, 5),
                Holiday::Nth(3, Weekday::Mon, 7),
                Holiday::Day(8, 11),
                Holiday::Nth(3, Weekday::Mon, 9),
                Holiday::Nth(2, Weekday::Mon, 10),
                Holiday::Day(11, 3),
                Holiday::Day(11, 23),
                Holiday::Day(12, 31),
            ],
        }
    }
}

impl Holiday {
    fn date(self, year: i32, good_friday: Option<NaiveDate>) -> Option<NaiveDate> {
        match self {
            Holiday::Day(month, day) => NaiveDate::from_ymd_opt(year, month, day),
            Holiday::Nth(count, weekday, month) => NaiveDate::from_weekday_of_month_opt(year, month, weekday, count),
            Holiday::Last(weekday, month) => NaiveDate::from_weekday_of_month_opt(year, month, weekday, 5)
                .or_else(|| NaiveDate::from_weekday_of_month_opt(year, month, weekday, 4)),
            Holiday::Easter(days) => good_friday?.checked_add_days(Days::new(days)),
        }
    }
}

fn is_weekend(day: NaiveDate) -> bool {
    matches!(day.weekday(), Weekday::Sat | Weekday::Sun)
}

/// Good Friday falls between 20 March and 23 April, where TARGET closes for Easter only: it is the closed Friday.
fn good_friday(year: i32, target: &HolidayCalendar) -> anyhow::Result<Option<NaiveDate>> {
    let Some(first) = NaiveDate::from_ymd_opt(year, 3, 20) else { return Ok(None) };
    for day in first.iter_days().take(35).filter(|day| day.weekday() == Weekday::Fri) {
        if !target.is_business_day(BusinessDate::new(day)?)? {
            return Ok(Some(day));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_open(exchange: Exchange, text: &str) -> bool {
        let date: BusinessDate = text.parse().expect("a date");
        let target = HolidayCalendar::named("TARGET").expect("shipped");
        exchange.open_days(&[date], &target).expect("covered")[0]
    }

    #[test]
    fn exchanges_close_on_different_days() {
        // 2021: Easter Sunday is 4 April; Independence Day falls on a Sunday, both Christmas days on a weekend.
        let closed = [
            (Exchange::Euro, "2021-04-02"),
            (Exchange::Euro, "2021-04-05"),
            (Exchange::Dollar, "2021-04-02"),
            (Exchange::Dollar, "2021-07-05"),
            (Exchange::Dollar, "2021-11-25"),
            (Exchange::Dollar, "2021-12-24"),
            (Exchange::Sterling, "2021-04-05"),
            (Exchange::Sterling, "2021-05-03"),
            (Exchange::Sterling, "2021-12-27"),
            (Exchange::Sterling, "2021-12-28"),
            (Exchange::Yen, "2021-05-04"),
            (Exchange::Yen, "2021-12-31"),
            (Exchange::Yen, "2021-06-05"),
        ];
        for (exchange, day) in closed {
            assert!(!is_open(exchange, day), "{exchange:?} {day}");
        }
        let open = [
            (Exchange::Euro, "2021-05-03"),
            (Exchange::Dollar, "2021-04-05"),
            (Exchange::Dollar, "2021-12-31"),
            (Exchange::Sterling, "2021-07-05"),
            (Exchange::Yen, "2021-04-02"),
            (Exchange::Yen, "2021-12-27"),
        ];
        for (exchange, day) in open {
            assert!(is_open(exchange, day), "{exchange:?} {day}");
        }
    }
}
