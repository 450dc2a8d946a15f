//! Whatever comes late, what catching up makes again equals a house that was built from nothing; and it does not
//! touch the portfolios that have nothing to do with it.

mod booked_facts;
mod rows_of_gold;

use booked_facts::{
    classified, compared_with, compared_with_a_blend, dollar, groups_that_do_not_foot, handed_over, member,
    members_at_first, reversal_of, split, traded, weighed_at_first, without_risk,
};
use lake::{Lake, WriteKey};
use pipelines::AgeLimits;
use pipelines::books::book;
use pipelines::checks::{Layer, check};
use pipelines::history::{days_before, mark, rebuild, touched};
use pipelines::rollups::roll_up;
use proptest::prelude::*;
use rows_of_gold::gold;
use rust_decimal::Decimal;
use schemas::tables::classifications::Classification;
use schemas::tables::corporate_actions::CorporateAction;
use schemas::tables::daily_returns::DailyReturn;
use schemas::tables::fx_rates::FxRate;
use schemas::tables::group_members::GroupMember;
use schemas::tables::instruments::Instrument;
use schemas::tables::portfolios::Portfolio;
use schemas::tables::positions::Position;
use schemas::tables::quotes::Quote;
use schemas::tables::risk_free_rates::RiskFreeRate;
use schemas::tables::transactions::Transaction;
use schemas::{Amount, BusinessDate, Currency, PortfolioId, Price};

use crate::samples::{all, date, instrument, memory_lake, quote, transaction, work};

/// The valuation dates; the last one is the night that finds what came late.
const DAYS: [&str; 14] = [
    "2014-01-02",
    "2014-01-09",
    "2014-01-16",
    "2014-01-23",
    "2014-01-30",
    "2014-02-06",
    "2014-02-13",
    "2014-02-20",
    "2014-02-27",
    "2014-03-06",
    "2014-03-13",
    "2014-03-20",
    "2014-03-27",
    "2014-04-03",
];
/// The last day that gold holds before the night.
const BEFORE: usize = DAYS.len() - 2;
const PORTFOLIOS: [&str; 3] = ["P1", "P2", "P3"];
const SYMBOLS: [&str; 3] = ["AAA", "BBB", "USD1"];

/// Everything that the figures follow from.
#[derive(Clone)]
struct Facts {
    portfolios: Vec<Portfolio>,
    transactions: Vec<Transaction>,
    quotes: Vec<Quote>,
    actions: Vec<CorporateAction>,
    rates: Vec<FxRate>,
    groups: Vec<Classification>,
    members: Vec<GroupMember>,
    risk_free: Vec<RiskFreeRate>,
}

/// Something that becomes known late; days and portfolios by their place in the lists above.
#[derive(Clone, Debug)]
enum Late {
    Deposit { portfolio: usize, day: usize, cents: i64 },
    Buy { portfolio: usize, symbol: usize, day: usize, units: i64 },
    Sell { portfolio: usize, day: usize, units: i64 },
    Withdrawn { transaction: prop::sample::Index },
    Reversal { transaction: prop::sample::Index, day: usize },
    LaterStart { portfolio: usize },
    Close { symbol: usize, day: usize, cents: i64 },
    Dollar { day: usize, ten_thousandths: i64 },
    Split { symbol: usize, day: usize, ratio: i64 },
    Method { portfolio: usize, method: &'static str },
    Benchmark { portfolio: usize, symbol: &'static str },
    Group { symbol: usize, node: &'static str, percent: i64 },
    Member { portfolio: usize, day: usize },
    RiskFree { day: usize, basis_points: i64 },
}

fn any_late() -> impl Strategy<Value = Late> {
    let (portfolio, symbol, day) = (0..PORTFOLIOS.len(), 0..SYMBOLS.len(), 1..=BEFORE);
    let rate = (day.clone(), 400_i64..900);
    let method = prop::sample::select(vec!["lifo", "hifo", "average_cost"]);
    prop_oneof![
        (portfolio.clone(), day.clone(), 1_i64..1_000_000).prop_map(|(portfolio, day, cents)| Late::Deposit {
            portfolio,
            day,
            cents
        }),
        (portfolio.clone(), symbol.clone(), day.clone(), 1_i64..50)
            .prop_map(|(portfolio, symbol, day, units)| { Late::Buy { portfolio, symbol, day, units } }),
        (portfolio.clone(), day.clone(), 1_i64..20).prop_map(|(portfolio, day, units)| Late::Sell {
            portfolio,
            day,
            units
        }),
        any::<prop::sample::Index>().prop_map(|transaction| Late::Withdrawn { transaction }),
        // A reversal may be booked as late as on the night itself.
        (any::<prop::sample::Index>(), 1..DAYS.len())
            .prop_map(|(transaction, day)| Late::Reversal { transaction, day }),
        portfolio.clone().prop_map(|portfolio| Late::LaterStart { portfolio }),
        (symbol.clone(), day.clone(), 100_i64..20_000).prop_map(|(symbol, day, cents)| Late::Close {
            symbol,
            day,
            cents
        }),
        (day.clone(), 9_000_i64..15_000).prop_map(|(day, ten_thousandths)| Late::Dollar { day, ten_thousandths }),
        (symbol, day, 2_i64..5).prop_map(|(symbol, day, ratio)| Late::Split { symbol, day, ratio }),
        (portfolio.clone(), method).prop_map(|(portfolio, method)| Late::Method { portfolio, method }),
        // None of them is the one that is known at first, and one is not listed.
        (portfolio, prop::sample::select(vec!["BBB", "ZZZ"]))
            .prop_map(|(portfolio, symbol)| Late::Benchmark { portfolio, symbol }),
        (0..SYMBOLS.len(), prop::sample::select(vec!["health", "technology"]), 1_i64..=60)
            .prop_map(|(symbol, node, percent)| Late::Group { symbol, node, percent }),
        (0..PORTFOLIOS.len(), 0..=BEFORE).prop_map(|(portfolio, day)| Late::Member { portfolio, day }),
        rate.prop_map(|(day, basis_points)| Late::RiskFree { day, basis_points }),
    ]
}

impl Facts {
    /// Three portfolios: P1 holds AAA and a share in dollars, P2 BBB, and P3 AAA and BBB. P1 is compared with a
    /// blend of both and has dated risk-free rates, P2 is compared with the share in dollars, which it does not hold,
    /// and P3 with AAA.
    fn known_at_first() -> Facts {
        let [blended, dollars, euros] = PORTFOLIOS;
        let mut facts = Facts {
            portfolios: vec![
                compared_with_a_blend(blended),
                compared_with(dollars, "USD1"),
                compared_with(euros, "AAA"),
            ],
            transactions: Vec::new(),
            quotes: Vec::new(),
            actions: Vec::new(),
            rates: Vec::new(),
            groups: vec![classified("AAA", "energy", 40)],
            members: members_at_first(),
            risk_free: vec![without_risk(DAYS[0], 100), without_risk(DAYS[5], 200), without_risk(DAYS[9], 300)],
        };
        for (place, day) in DAYS.iter().enumerate() {
            let step = i64::try_from(place).expect("a small number");
            for (symbol, base) in SYMBOLS.iter().zip([5_000, 12_000, 3_000]) {
                let close = Decimal::new(base + step * 37 - (step % 3) * 101, 2).to_string();
                facts.quotes.push(quote(&format!("M1~{symbol}"), day, &close));
            }
            facts.rates.push(dollar(day, 11_000 + step * 13));
        }
        for id in PORTFOLIOS {
            facts.book(transaction(id, "", DAYS[0], "DEPOSIT", "100000"));
        }
        for (id, symbol) in [("P1", "AAA"), ("P1", "USD1"), ("P2", "BBB"), ("P3", "AAA"), ("P3", "BBB")] {
            facts.book(traded(id, symbol, DAYS[0], 100, "-5000"));
        }
        facts.book(traded("P3", "AAA", DAYS[6], -30, "1600"));
        for (id, day) in [("P1", DAYS[3]), ("P2", DAYS[7]), ("P3", DAYS[10])] {
            facts.book(transaction(id, "", day, "FEE", "-12.34"));
        }
        facts
    }

    /// The same with internal transfers: of 20 AAA from P3 to P1, and two weeks later of 10 from P1 to P2.
    fn with_transfers() -> Facts {
        let mut facts = Facts::known_at_first();
        facts.book(traded("P3", "AAA", DAYS[7], 5, "-400"));
        for (from, to, day, units) in [("P3", "P1", DAYS[8], 20), ("P1", "P2", DAYS[10], 10)] {
            facts.book(handed_over(from, "INTERNAL_OUT", to, day, units));
            facts.book(handed_over(to, "INTERNAL_IN", from, day, units));
        }
        facts
    }

    fn book(&mut self, booked: Transaction) {
        // Withdrawn bookings leave gaps; no two have one number.
        let booking_sequence = self.transactions.iter().map(|row| row.booking_sequence).max().unwrap_or(0) + 1;
        let transaction_id = format!("t{booking_sequence}");
        self.transactions.push(Transaction { booking_sequence, transaction_id, ..booked });
    }

    fn learn(&mut self, late: &Late) {
        match late {
            Late::Deposit { portfolio, day, cents } => {
                let net_cash = Amount::new(Decimal::new(*cents, 2));
                let plain = transaction(PORTFOLIOS[*portfolio], "", DAYS[*day], "DEPOSIT", "0");
                self.book(Transaction { net_cash, ..plain });
            }
            Late::Buy { portfolio, symbol, day, units } => {
                self.book(traded(PORTFOLIOS[*portfolio], SYMBOLS[*symbol], DAYS[*day], *units, "-777.77"));
            }
            Late::Sell { portfolio, day, units } => {
                let held = ["AAA", "BBB", "BBB"][*portfolio];
                self.book(traded(PORTFOLIOS[*portfolio], held, DAYS[*day], -units, "888.88"));
            }
            Late::Withdrawn { transaction } => {
                let fees: Vec<usize> =
                    (0..self.transactions.len()).filter(|place| self.transactions[*place].kind == "FEE").collect();
                if !fees.is_empty() {
                    self.transactions.remove(*transaction.get(&fees));
                }
            }
            Late::Reversal { transaction, day } => {
                let taken_back = transaction.get(&self.transactions).clone();
                if taken_back.kind != "REVERSAL" && !self.transactions.iter().any(|row| row.reverses.is_some()) {
                    let plain = reversal_of(&taken_back, DAYS[*day]);
                    self.book(Transaction { reverses: Some(taken_back.transaction_id), ..plain });
                }
            }
            Late::LaterStart { portfolio } => self.portfolios[*portfolio].start_date = date("2014-02-10"),
            Late::Close { symbol, day, cents } => {
                let (id, on) = (instrument(SYMBOLS[*symbol]).instrument_id, date(DAYS[*day]));
                let changed = self.quotes.iter_mut().find(|row| row.instrument_id == id && row.quote_date == on);
                changed.expect("quoted on every day").close = Price::new(Decimal::new(*cents, 2));
            }
            Late::Dollar { day, ten_thousandths } => self.rates[*day] = dollar(DAYS[*day], *ten_thousandths),
            Late::Split { symbol, day, ratio } => {
                let split = split(SYMBOLS[*symbol], DAYS[*day], *ratio);
                let same =
                    |row: &CorporateAction| (&row.instrument_id, row.ex_date) == (&split.instrument_id, split.ex_date);
                self.actions.retain(|row| !same(row));
                self.actions.push(split);
            }
            Late::Method { portfolio, method } => {
                (*method).clone_into(&mut self.portfolios[*portfolio].cost_basis);
            }
            // With the 40 % that are known at first a symbol is never classified more than once as a whole.
            Late::Group { symbol, node, percent } => {
                self.groups.retain(|row| row.instrument_id.symbol() != SYMBOLS[*symbol] || row.node == "energy");
                self.groups.push(classified(SYMBOLS[*symbol], node, *percent));
            }
            Late::Member { portfolio, day } => {
                self.members.retain(|row| row.portfolio_id.as_str() != PORTFOLIOS[*portfolio]);
                self.members.push(member("late", "household", PORTFOLIOS[*portfolio], DAYS[*day]));
            }
            Late::Benchmark { portfolio, symbol } => {
                self.portfolios[*portfolio].benchmark_symbol = Some((*symbol).to_owned());
                self.portfolios[*portfolio].benchmark_blend = None;
            }
            Late::RiskFree { day, basis_points } => {
                let rate = without_risk(DAYS[*day], *basis_points);
                self.risk_free.retain(|row| row.rate_date != rate.rate_date);
                self.risk_free.push(rate);
            }
        }
    }

    /// Whether a booking of a kind was taken back.
    fn took_back(&self, kind: &str) -> bool {
        let of_kind = self.transactions.iter().filter(|row| row.kind == kind);
        let ids: Vec<&str> = of_kind.map(|row| row.transaction_id.as_str()).collect();
        self.transactions.iter().filter_map(|row| row.reverses.as_deref()).any(|id| ids.contains(&id))
    }

    /// Makes these the facts of a lake.
    async fn tell(&self, lake: &Lake, time: &str) {
        let instruments = SYMBOLS.map(|symbol| {
            let currency = if symbol == "USD1" { Currency::USD } else { Currency::EUR };
            Instrument { currency, ..instrument(symbol) }
        });
        let key = |table: &str| WriteKey::new(format!("{time}/{table}"), 1);
        lake.replace_all(&instruments, &key("instruments")).await.expect("written");
        lake.replace_all(&self.portfolios, &key("portfolios")).await.expect("written");
        lake.replace_all(&self.transactions, &key("transactions")).await.expect("written");
        lake.replace_all(&self.quotes, &key("quotes")).await.expect("written");
        lake.replace_all(&self.actions, &key("corporate_actions")).await.expect("written");
        lake.replace_all(&self.rates, &key("fx_rates")).await.expect("written");
        lake.replace_all(&self.groups, &key("classifications")).await.expect("written");
        lake.replace_all(&self.members, &key("group_members")).await.expect("written");
        lake.replace_all(&self.risk_free, &key("risk_free_rates")).await.expect("written");
        let weights = weighed_at_first([DAYS[4], DAYS[8], DAYS[12]]);
        lake.replace_all(&weights, &key("benchmark_weights")).await.expect("written");
    }
}

/// A lake that has made its gold of the days before the night in one go.
async fn built(facts: &Facts) -> Lake {
    let lake = memory_lake();
    facts.tell(&lake, "first").await;
    let history = work("history-1", date(DAYS[0]), date(DAYS[BEFORE]));
    book(&lake, &history).await.expect("booked");
    roll_up(&lake, &history).await.expect("rolled up");
    check(&lake, &history, Layer::Gold).await.expect("checked");
    mark(&lake, &history).await.expect("marked");
    lake
}

/// Whether a lake that held what was known, and then learned more, is like one that was built from that.
async fn caught_up_is_built(known: &Facts, learned: &Facts) -> Result<(), TestCaseError> {
    let lake = built(known).await;
    learned.tell(&lake, "second").await;
    let night = work("night-1", date(DAYS[BEFORE + 1]), date(DAYS[BEFORE + 1]));
    let (first, last) = days_before(&lake, night.from).await.expect("readable").expect("days before");
    let again = touched(&lake, AgeLimits::UNLIMITED, first, last).await.expect("readable");
    rebuild(&lake, &night, &again, last).await.expect("made again");
    let from_nothing = built(learned).await;
    for ((name, made), (_, expected)) in gold(&lake).await.iter().zip(gold(&from_nothing).await) {
        prop_assert_eq!(made, &expected, "{} differs", name);
    }
    prop_assert_eq!(groups_that_do_not_foot(&lake).await, Vec::<String>::new());
    prop_assert!(
        touched(&lake, AgeLimits::UNLIMITED, first, last).await.expect("readable").is_empty(),
        "once is enough"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn portfolios_that_were_never_made_are_made_together() {
    // One begins a month later: its days before the start are none, so that one rebuild serves all.
    let mut known = Facts::known_at_first();
    known.learn(&Late::LaterStart { portfolio: 1 });
    let lake = memory_lake();
    known.tell(&lake, "first").await;
    let (first, last) = (date(DAYS[0]), date(DAYS[BEFORE]));
    let groups = touched(&lake, AgeLimits::UNLIMITED, first, last).await.expect("readable");
    let [only] = groups.as_slice() else { panic!("one group: {groups:?}") };
    assert_eq!((only.from, only.portfolios.len()), (first, known.portfolios.len()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_closed_year_that_a_late_announcement_changes_is_named_once() {
    let mut known = Facts::known_at_first();
    for (place, locked) in [(0, DAYS[6]), (2, "2014-01-31")] {
        known.portfolios[place].locked_through = Some(date(locked));
    }
    // The lake is built from nothing: that changes no closed year.
    let lake = built(&known).await;
    let history = work("history-2", date(DAYS[0]), date(DAYS[BEFORE]));
    assert_eq!(mark(&lake, &history).await.expect("marked").snags, Vec::<String>::new());
    // P1 and P3 hold AAA; of P3 only January is closed.
    let mut learned = known.clone();
    learned.actions.push(split("AAA", DAYS[5], 2));
    learned.tell(&lake, "second").await;
    let (first, last) = (date(DAYS[0]), date(DAYS[BEFORE]));
    let again = touched(&lake, AgeLimits::UNLIMITED, first, last).await.expect("readable");
    let night = work("night-1", date(DAYS[BEFORE + 1]), date(DAYS[BEFORE + 1]));
    let report = rebuild(&lake, &night, &again, last).await.expect("made again");
    let [snag] = report.snags.as_slice() else { panic!("one portfolio, not {:?}", report.snags) };
    assert!(snag.starts_with("P1 is closed through 2014-02-13, but an announcement"), "{snag}");
    assert!(snag.contains("from 2014-02-01 on") && report.note.contains(snag.as_str()), "{}", report.note);
    let after = work("history-3", date(DAYS[0]), date(DAYS[BEFORE]));
    assert_eq!(mark(&lake, &after).await.expect("marked").snags, Vec::<String>::new());
}

/// What AAA cost in P1 after it had received some.
async fn cost_in_the_receiver(lake: &Lake) -> Option<Amount> {
    let mut rows: Vec<Position> = all(lake).await;
    rows.retain(|row| (row.portfolio_id.as_str(), row.business_date) == ("P1", date(DAYS[8])));
    rows.iter().find(|row| row.instrument_id.symbol() == "AAA").and_then(|row| row.cost)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_late_fact_of_the_sender_makes_the_receivers_again_from_their_month_on() {
    let known = Facts::with_transfers();
    let lake = built(&known).await;
    let (first, last) = (date(DAYS[0]), date(DAYS[BEFORE]));
    assert!(touched(&lake, AgeLimits::UNLIMITED, first, last).await.expect("readable").is_empty());
    // Its own 100 for 5,000, and 20 of the first lot of P3, of 50 each.
    assert_eq!(cost_in_the_receiver(&lake).await, Some("6000".parse().expect("a number")));
    // A transfer of the night is not late.
    let mut of_the_night = known.clone();
    of_the_night.book(handed_over("P3", "INTERNAL_OUT", "P1", DAYS[BEFORE + 1], 5));
    of_the_night.book(handed_over("P1", "INTERNAL_IN", "P3", DAYS[BEFORE + 1], 5));
    of_the_night.tell(&lake, "night").await;
    assert!(touched(&lake, AgeLimits::UNLIMITED, first, last).await.expect("readable").is_empty());
    // Last in, first out: 5 of 80 leave P3 before 15 of 50.
    let mut learned = known.clone();
    learned.learn(&Late::Method { portfolio: 2, method: "lifo" });
    learned.tell(&lake, "second").await;
    let again = touched(&lake, AgeLimits::UNLIMITED, first, last).await.expect("readable");
    let groups: Vec<(String, Vec<String>)> = again
        .iter()
        .map(|group| (group.from.to_string(), group.portfolios.iter().map(ToString::to_string).collect()))
        .collect();
    let group = |from: &str, portfolio: &str| (from.to_owned(), vec![portfolio.to_owned()]);
    assert_eq!(groups, [group("2014-01-02", "P3"), group("2014-02-01", "P1"), group("2014-03-01", "P2")]);
    let night = work("night-1", date(DAYS[BEFORE + 1]), date(DAYS[BEFORE + 1]));
    rebuild(&lake, &night, &again, last).await.expect("made again");
    assert_eq!(cost_in_the_receiver(&lake).await, Some("6150".parse().expect("a number")));
    assert_eq!(gold(&lake).await, gold(&built(&learned).await).await);
}

/// What the benchmark of P2 earned on a day.
async fn benchmark_return(lake: &Lake, on: &str) -> Option<f64> {
    let rows: Vec<DailyReturn> = all(lake).await;
    let row = rows.iter().find(|row| (row.portfolio_id.as_str(), row.business_date) == ("P2", date(on)));
    row.expect("a day of P2").benchmark_return_fraction
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_late_close_of_the_benchmark_makes_those_again_that_are_compared_with_it() {
    let mut known = Facts::known_at_first();
    // Only P2 has to do with the share in dollars: P1 does not hold it here.
    known.transactions.retain(|row| row.instrument_id.as_ref().is_none_or(|id| id.symbol() != "USD1"));
    known.rates.retain(|row| row.rate_date == date(DAYS[0]));
    let close = |cents: i64, day: usize| Late::Close { symbol: 2, day, cents };
    known.learn(&close(3_000, 6));
    known.learn(&close(3_300, 7));
    let lake = built(&known).await;
    let earned = benchmark_return(&lake, DAYS[7]).await.expect("quoted and held");
    assert!((earned - 0.1).abs() < 1e-12, "{earned}");
    let mut learned = known.clone();
    learned.learn(&close(3_600, 7));
    learned.tell(&lake, "second").await;
    let (first, last) = (date(DAYS[0]), date(DAYS[BEFORE]));
    let again = touched(&lake, AgeLimits::UNLIMITED, first, last).await.expect("readable");
    let groups: Vec<(BusinessDate, Vec<&str>)> =
        again.iter().map(|group| (group.from, group.portfolios.iter().map(PortfolioId::as_str).collect())).collect();
    assert_eq!(groups, [(date("2014-02-01"), vec!["P2"])]);
    let night = work("night-1", date(DAYS[BEFORE + 1]), date(DAYS[BEFORE + 1]));
    rebuild(&lake, &night, &again, last).await.expect("made again");
    let earned = benchmark_return(&lake, DAYS[7]).await.expect("quoted and held");
    assert!((earned - 0.2).abs() < 1e-12, "{earned}");
    assert_eq!(gold(&lake).await, gold(&built(&learned).await).await);
}

/// The portfolios that a fact concerns, if it is one of a portfolio's own.
fn concerned(late: &Late, known: &Facts) -> Option<String> {
    match late {
        Late::Deposit { portfolio, .. }
        | Late::Buy { portfolio, .. }
        | Late::Sell { portfolio, .. }
        | Late::LaterStart { portfolio }
        | Late::Method { portfolio, .. }
        | Late::Benchmark { portfolio, .. }
        | Late::Member { portfolio, .. } => Some(PORTFOLIOS[*portfolio].to_owned()),
        Late::RiskFree { .. } => Some(PORTFOLIOS[0].to_owned()),
        Late::Reversal { transaction, .. } => Some(transaction.get(&known.transactions).portfolio_id.to_string()),
        Late::Withdrawn { transaction } => {
            let fees: Vec<&Transaction> = known.transactions.iter().filter(|row| row.kind == "FEE").collect();
            Some(transaction.get(&fees).portfolio_id.to_string())
        }
        Late::Close { .. } | Late::Dollar { .. } | Late::Split { .. } | Late::Group { .. } => None,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { max_shrink_iters: 24, ..ProptestConfig::with_cases(10) })]

    #[test]
    fn what_is_made_again_equals_what_is_made_from_nothing(late in prop::collection::vec(any_late(), 1..4)) {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        let known = Facts::known_at_first();
        let mut learned = known.clone();
        late.iter().for_each(|fact| learned.learn(fact));
        runtime.block_on(caught_up_is_built(&known, &learned))?;
    }

    #[test]
    fn lots_from_other_portfolios_are_made_again_with_what_is_behind_them(
        late in prop::collection::vec(any_late(), 1..4)
    ) {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        let known = Facts::with_transfers();
        let mut learned = known.clone();
        late.iter().for_each(|fact| learned.learn(fact));
        // Without its first purchase a portfolio has not got what it sends.
        if !learned.took_back("BUY") {
            runtime.block_on(caught_up_is_built(&known, &learned))?;
        }
    }

    #[test]
    fn a_portfolio_of_its_own_is_made_again_alone_and_from_its_month(late in any_late()) {
        let known = Facts::known_at_first();
        let Some(only) = concerned(&late, &known) else { return Ok(()) };
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        let mut learned = known.clone();
        learned.learn(&late);
        runtime.block_on(async {
            let lake = built(&known).await;
            learned.tell(&lake, "second").await;
            let (first, last) = (date(DAYS[0]), date(DAYS[BEFORE]));
            let again = touched(&lake, AgeLimits::UNLIMITED, first, last).await.expect("readable");
            let names: Vec<String> =
                again.iter().flat_map(|group| &group.portfolios).map(ToString::to_string).collect();
            prop_assert_eq!(names, vec![only]);
            if let Late::Deposit { day, .. } | Late::Buy { day, .. } | Late::Sell { day, .. } = late {
                let month = &DAYS[day][..8];
                let begin: BusinessDate = date(&format!("{month}01")).max(first);
                prop_assert_eq!(again[0].from, begin);
            }
            Ok(())
        })?;
    }
}
