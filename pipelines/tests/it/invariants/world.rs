//! A random book in a random market, and the same book told in other ways.

use chrono::{Datelike, NaiveDate, Weekday};
use lake::{Lake, WriteKey};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use rust_decimal::Decimal;
use schemas::table::Record;
use schemas::tables::benchmark_weights::BenchmarkWeight;
use schemas::tables::classifications::Classification;
use schemas::tables::corporate_actions::CorporateAction;
use schemas::tables::fx_rates::FxRate;
use schemas::tables::group_members::GroupMember;
use schemas::tables::instruments::Instrument;
use schemas::tables::portfolios::Portfolio;
use schemas::tables::quotes::Quote;
use schemas::tables::transactions::Transaction;
use schemas::{Amount, BusinessDate, Currency, MarketId, Price, Quantity, Rate};

use crate::samples::{date, instrument, portfolio, quote, transaction};

/// Valuation dates: weekdays from 2 January 2014 on, enough for scenarios.
const DAYS: usize = 22;
/// The ex-date of a split two for one of the first instrument.
const SPLIT: usize = 6;
/// The day on which no close and no rate changes and nothing is booked.
const STILL: usize = 10;
/// A later day.
const LATER: usize = 16;
/// The Saturday on which the second market repeats its closes, and the day before it.
const EXTRA: &str = "2014-01-18";
const BEFORE_EXTRA: usize = 11;

const MARKETS: [&str; 2] = ["M1", "M2"];
const SYMBOLS: [&str; 3] = ["AAA", "BBB", "USD1"];
/// The same instruments under names that sort in another order.
const RENAMED: [&str; 3] = ["QQQ", "AB", "MM"];

/// The book, and what it is told as. `DAY` is the book in a market with one more day.
pub(super) const BOOK: &str = "BOOK";
pub(super) const DOUBLE: &str = "DOUBLE";
pub(super) const HALVES: &str = "HALVES";
pub(super) const FLOWS: &str = "FLOWS";
pub(super) const OTHER_NAMES: &str = "NAMES";
pub(super) const DAY: &str = "DAY";

/// Something that is booked; amounts in hundredths.
#[derive(Clone, Debug)]
struct Deed {
    day: usize,
    kind: &'static str,
    /// The place among the symbols.
    place: Option<usize>,
    units: i64,
    currency: Currency,
    cents: i64,
    fee_cents: i64,
}

/// A market and a book in it. All units and amounts are even, so that halves are exact.
#[derive(Clone, Debug)]
pub(super) struct World {
    /// Closes in hundredths, of each symbol on each day.
    closes: Vec<Vec<i64>>,
    /// Dollars for a euro, in ten-thousandths.
    dollars: Vec<i64>,
    /// In order of the days.
    deeds: Vec<Deed>,
    method: &'static str,
}

/// What a lake is told.
#[derive(Clone, Debug, Default)]
pub(super) struct Facts {
    instruments: Vec<Instrument>,
    quotes: Vec<Quote>,
    rates: Vec<FxRate>,
    actions: Vec<CorporateAction>,
    groups: Vec<Classification>,
    members: Vec<GroupMember>,
    weights: Vec<BenchmarkWeight>,
    portfolios: Vec<Portfolio>,
    transactions: Vec<Transaction>,
}

pub(super) fn any_world() -> impl Strategy<Value = World> {
    let first = prop::collection::vec(1_000_i64..20_000, SYMBOLS.len());
    let moves = prop::collection::vec(prop::collection::vec(-30_i64..=30, DAYS), SYMBOLS.len());
    let dollars = prop::collection::vec(-60_i64..=60, DAYS);
    let deeds = prop::collection::vec((1..DAYS, 0_u8..6, 0..SYMBOLS.len(), 1_i64..=5, 100_i64..100_000), 1..8);
    let method = prop::sample::select(vec!["fifo", "average_cost"]);
    (first, moves, dollars, deeds, method).prop_map(|(first, moves, dollars, deeds, method)| {
        let closes: Vec<Vec<i64>> =
            first.iter().zip(&moves).enumerate().map(|(place, (first, moves))| walk(place, *first, moves)).collect();
        let mut dollar = 11_000;
        let steps = dollars.iter().enumerate();
        let dollars = steps.map(|(day, step)| {
            dollar += if day == STILL { 0 } else { *step };
            dollar
        });
        let dollars = dollars.collect();
        let mut all = opening(&closes);
        let more = deeds.into_iter().filter(|(day, ..)| *day != STILL);
        all.extend(more.map(|(day, kind, place, units, cents)| {
            let close = closes[place][day];
            deed(day, kind, place, (2 * units, 2 * cents), close)
        }));
        all.sort_by_key(|deed| deed.day);
        World { closes, dollars, deeds: all, method }
    })
}

/// Closes that change by thousandths a day, not on the still one, and halve with the split.
fn walk(place: usize, first: i64, moves: &[i64]) -> Vec<i64> {
    let mut close = first;
    let day_after_day = moves.iter().enumerate().map(|(day, step)| {
        close = (close + if day == STILL { 0 } else { close * step / 1_000 }).max(200);
        if place == 0 && SPLIT <= day { close / 2 } else { close }
    });
    day_after_day.collect()
}

fn currency_of(place: usize) -> Currency {
    if place == 2 { Currency::USD } else { Currency::EUR }
}

/// A million of each currency is paid in, and 200 units of everything are bought.
fn opening(closes: &[Vec<i64>]) -> Vec<Deed> {
    let paid_in = [Currency::EUR, Currency::USD].map(|currency| Deed {
        day: 0,
        kind: "DEPOSIT",
        place: None,
        units: 0,
        currency,
        cents: 100_000_000,
        fee_cents: 0,
    });
    let bought = closes.iter().enumerate().map(|(place, closes)| deed(0, 0, place, (200, 200_000), closes[0]));
    paid_in.into_iter().chain(bought).collect()
}

/// A purchase or a sale at the close with a fee, a dividend, a fee, or cash that comes or goes.
fn deed(day: usize, kind: u8, place: usize, (units, cents): (i64, i64), close: i64) -> Deed {
    let fee_cents = cents / 1_000 * 2;
    let currency = currency_of(place);
    let cash = Deed { day, kind: "DEPOSIT", place: None, units: 0, currency, cents, fee_cents: 0 };
    match kind {
        0 => Deed { kind: "BUY", place: Some(place), units, cents: -units * close - fee_cents, fee_cents, ..cash },
        1 => Deed { kind: "SELL", place: Some(place), units, cents: units * close - fee_cents, fee_cents, ..cash },
        2 => Deed { kind: "DIVIDEND", place: Some(place), ..cash },
        3 => Deed { kind: "FEE", cents: -fee_cents - 2, ..cash },
        4 => Deed { kind: "WITHDRAWAL", cents: -cents, ..cash },
        _ => cash,
    }
}

impl Deed {
    fn times(&self, factor: i64) -> Deed {
        let Deed { units, cents, fee_cents, .. } = *self;
        Deed { units: units * factor, cents: cents * factor, fee_cents: fee_cents * factor, ..self.clone() }
    }

    fn halves(&self) -> [Deed; 2] {
        let Deed { units, cents, fee_cents, .. } = *self;
        let half = Deed { units: units / 2, cents: cents / 2, fee_cents: fee_cents / 2, ..self.clone() };
        [half.clone(), half]
    }
}

impl World {
    /// One that is always the same.
    pub(super) fn sample() -> World {
        any_world().new_tree(&mut TestRunner::deterministic()).expect("a world").current()
    }

    /// Everything that the book holds at the close of a day, brought in or taken out at its value.
    fn all_of_it(&self, day: usize, is_coming: bool) -> Vec<Deed> {
        let mut units = [0_i64; SYMBOLS.len()];
        let mut cash = [(Currency::EUR, 0_i64), (Currency::USD, 0)];
        for deed in self.deeds.iter().filter(|deed| deed.day <= day) {
            let after_split = if SPLIT <= day && deed.day < SPLIT && deed.place == Some(0) { 2 } else { 1 };
            match (deed.kind, deed.place) {
                ("BUY", Some(place)) => units[place] += deed.units * after_split,
                ("SELL", Some(place)) => units[place] -= deed.units * after_split,
                _ => {}
            }
            cash.iter_mut().filter(|(currency, _)| *currency == deed.currency).for_each(|(_, sum)| *sum += deed.cents);
        }
        let kind = if is_coming { "TRANSFER_IN" } else { "TRANSFER_OUT" };
        let plain = |currency| Deed { day, kind, place: None, units: 0, currency, cents: 0, fee_cents: 0 };
        let securities = units.into_iter().enumerate();
        let securities =
            securities.map(|(place, units)| Deed { place: Some(place), units, ..plain(currency_of(place)) });
        let cash = cash.into_iter().map(|(currency, sum)| {
            let cents = if is_coming { sum } else { -sum };
            Deed { kind: if cents < 0 { "WITHDRAWAL" } else { "DEPOSIT" }, cents, ..plain(currency) }
        });
        securities.chain(cash).collect()
    }

    /// The book with all that it holds brought in once more on the still day, and half of everything taken out at the
    /// close of a later one. In between everything is done twice as large.
    fn with_flows(&self) -> Vec<Deed> {
        let is_between = |deed: &&Deed| STILL < deed.day && deed.day <= LATER;
        let mut all: Vec<Deed> =
            self.deeds.iter().map(|deed| deed.times(if is_between(&deed) { 2 } else { 1 })).collect();
        all.extend(self.all_of_it(STILL, true));
        all.extend(self.all_of_it(LATER, false));
        all.sort_by_key(|deed| deed.day);
        all
    }

    pub(super) fn facts(&self) -> Facts {
        let mut facts = Facts::default();
        for market in MARKETS {
            for names in [SYMBOLS, RENAMED] {
                self.list(&mut facts, market, names);
            }
            for (day, units) in dates().into_iter().zip(&self.dollars) {
                facts.rates.push(FxRate {
                    fx_source: market_id(market),
                    currency: Currency::USD,
                    rate_date: day,
                    units_per_eur: Rate::new(Decimal::new(*units, 4)),
                    landing_sha256: String::new(),
                    line: 2,
                });
            }
        }
        facts.weights = dates().into_iter().flat_map(weights).collect();
        facts.members = vec![
            member("both", "household", BOOK, "2014-01-01"),
            member("both", "household", FLOWS, "2014-01-01"),
            member("style", "composite", BOOK, "2014-01-10"),
            member("style", "composite", DAY, "2014-01-14"),
        ];
        let double: Vec<Deed> = self.deeds.iter().map(|deed| deed.times(2)).collect();
        let halves: Vec<Deed> = self.deeds.iter().flat_map(Deed::halves).collect();
        for (id, market, names, deeds) in [
            (BOOK, "M1", SYMBOLS, &self.deeds),
            (DOUBLE, "M1", SYMBOLS, &double),
            (HALVES, "M1", SYMBOLS, &halves),
            (FLOWS, "M1", SYMBOLS, &self.with_flows()),
            (OTHER_NAMES, "M1", RENAMED, &self.deeds),
            (DAY, "M2", SYMBOLS, &self.deeds),
        ] {
            facts.portfolios.push(Portfolio {
                market_id: market_id(market),
                fx_source: market_id(market),
                benchmark_symbol: Some("BBB".to_owned()),
                risk_free_annual: Some(0.01),
                cost_basis: self.method.to_owned(),
                ..portfolio(id)
            });
            let told = (1..).zip(deeds).map(|(sequence, deed)| booked(id, market, names, sequence, deed));
            facts.transactions.extend(told);
        }
        facts
    }

    /// The instruments of a market under some names, with their closes, the split and a sector.
    fn list(&self, facts: &mut Facts, market: &str, names: [&str; SYMBOLS.len()]) {
        for ((place, name), closes) in names.into_iter().enumerate().zip(&self.closes) {
            let listed = Instrument {
                instrument_id: format!("{market}~{name}").parse().expect("an id"),
                market_id: market_id(market),
                currency: currency_of(place),
                ..instrument(name)
            };
            let close = |on: &str, cents: i64| Quote {
                market_id: market_id(market),
                close: Price::new(Decimal::new(cents, 2)),
                quote_unit: currency_of(place).code().to_owned(),
                ..quote(listed.instrument_id.as_str(), on, "1")
            };
            facts.quotes.extend(dates().iter().zip(closes).map(|(day, cents)| close(&day.to_string(), *cents)));
            if market == MARKETS[1] {
                facts.quotes.push(close(EXTRA, closes[BEFORE_EXTRA]));
            }
            if place == 0 {
                facts.actions.push(split(&listed));
            }
            facts.groups.push(Classification {
                market_id: market_id(market),
                instrument_id: listed.instrument_id.clone(),
                taxonomy: "sector".to_owned(),
                node: if place == 1 { "health" } else { "energy" }.to_owned(),
                weight: Rate::new(Decimal::ONE),
                landing_sha256: String::new(),
                line: 2,
            });
            facts.instruments.push(listed);
        }
    }
}

fn market_id(market: &str) -> MarketId {
    market.parse().expect("an id")
}

fn split(listed: &Instrument) -> CorporateAction {
    CorporateAction {
        market_id: listed.market_id.clone(),
        instrument_id: listed.instrument_id.clone(),
        ex_date: dates()[SPLIT],
        kind: "SPLIT".to_owned(),
        ratio_new: Some(2),
        ratio_old: Some(1),
        target_instrument_id: None,
        amount: None,
        basis_fraction: None,
        fraction_price: None,
        pay_date: None,
        currency: None,
        landing_sha256: String::new(),
        line: 2,
    }
}

/// A portfolio that belongs to a group in dollars from a day on.
fn member(group: &str, kind: &str, portfolio: &str, from: &str) -> GroupMember {
    GroupMember {
        group_id: group.parse().expect("an id"),
        title: group.to_owned(),
        kind: kind.to_owned(),
        base_currency: Currency::USD,
        portfolio_id: portfolio.parse().expect("an id"),
        from_date: date(from),
        to_date: None,
        landing_sha256: String::new(),
    }
}

/// The benchmark by currency on a day; what it earned is made up.
fn weights(day: BusinessDate) -> [BenchmarkWeight; 2] {
    [("EUR", 6, 1), ("USD", 4, -2)].map(|(node, tenths, thousandths)| BenchmarkWeight {
        market_id: market_id(MARKETS[0]),
        benchmark: "BBB".to_owned(),
        taxonomy: "currency".to_owned(),
        node: node.to_owned(),
        weight_date: day,
        weight: Rate::new(Decimal::new(tenths, 1)),
        return_fraction: (date("2014-01-02") < day).then(|| Rate::new(Decimal::new(thousandths, 3))),
        landing_sha256: String::new(),
        line: 2,
    })
}

fn booked(id: &str, market: &str, names: [&str; SYMBOLS.len()], sequence: i64, deed: &Deed) -> Transaction {
    let moves_units = deed.units != 0;
    Transaction {
        booking_sequence: sequence,
        instrument_id: deed.place.map(|place| format!("{market}~{}", names[place]).parse().expect("an id")),
        quantity: moves_units.then(|| Quantity::new(Decimal::from(deed.units))),
        currency: deed.currency,
        fees: Amount::new(Decimal::new(deed.fee_cents, 2)),
        net_cash: Amount::new(Decimal::new(deed.cents, 2)),
        ..transaction(id, &sequence.to_string(), &dates()[deed.day].to_string(), deed.kind, "0")
    }
}

/// The valuation dates of the first market.
pub(super) fn dates() -> Vec<BusinessDate> {
    let first = NaiveDate::from_ymd_opt(2014, 1, 2).expect("a day");
    let is_weekday = |day: &NaiveDate| !matches!(day.weekday(), Weekday::Sat | Weekday::Sun);
    first.iter_days().filter(is_weekday).take(DAYS).map(|day| BusinessDate::new(day).expect("a date")).collect()
}

impl Facts {
    /// The same without the other portfolios.
    pub(super) fn only(mut self, portfolios: &[&str]) -> Facts {
        self.portfolios.retain(|row| portfolios.contains(&row.portfolio_id.as_str()));
        self.transactions.retain(|row| portfolios.contains(&row.portfolio_id.as_str()));
        self
    }

    /// The same rows in another order.
    pub(super) fn shuffled(mut self) -> Facts {
        fn shuffle<R>(rows: &mut [R]) {
            rows.reverse();
            rows.rotate_left(rows.len() / 3);
        }
        shuffle(&mut self.instruments);
        shuffle(&mut self.quotes);
        shuffle(&mut self.rates);
        shuffle(&mut self.actions);
        shuffle(&mut self.groups);
        shuffle(&mut self.members);
        shuffle(&mut self.weights);
        shuffle(&mut self.portfolios);
        shuffle(&mut self.transactions);
        self
    }

    /// Makes these the facts of an empty lake; tables that are large in life come in several files.
    pub(super) async fn tell(&self, lake: &Lake) {
        append(lake, &self.instruments, 1).await;
        append(lake, &self.quotes, 5).await;
        append(lake, &self.rates, 2).await;
        append(lake, &self.actions, 1).await;
        append(lake, &self.groups, 1).await;
        append(lake, &self.members, 1).await;
        append(lake, &self.weights, 2).await;
        append(lake, &self.portfolios, 2).await;
        append(lake, &self.transactions, 3).await;
    }
}

async fn append<R: Record>(lake: &Lake, rows: &[R], files: usize) {
    for (number, part) in (1..).zip(rows.chunks(rows.len().div_ceil(files))) {
        lake.append(part, &WriteKey::new("facts", number)).await.expect("written");
    }
}
