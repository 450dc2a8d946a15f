//! Internal transfers between portfolios: the lots that arrive are those that left.

use std::collections::BTreeSet;
use std::sync::Arc;

use lake::Lake;
use pipelines::books::book;
use pipelines::checks::{Layer, check};
use pipelines::why::node::{Node, Rule};
use pipelines::why::{Question, Versions, explain};
use pipelines::{AgeLimits, Work};
use rust_decimal::Decimal;
use schemas::tables::exceptions::Exception;
use schemas::tables::fx_rates::FxRate;
use schemas::tables::lot_closings::LotClosing;
use schemas::tables::portfolios::Portfolio;
use schemas::tables::positions::Position;
use schemas::tables::realised_gains::RealisedGain;
use schemas::tables::transactions::Transaction;
use schemas::{Amount, BusinessDate, Currency, Quantity, Rate, ReportingPeriod};

use crate::samples::{all, amount, date, fill, instrument, memory_lake, portfolio, quote, transaction, work};

const DAYS: [&str; 4] = ["2014-01-02", "2014-01-03", "2014-02-03", "2014-02-04"];
const TRANSFER: &str = DAYS[2];
const LAST: &str = DAYS[3];

/// A booking of units of AAA; the number of it is its place of the day, too.
fn units(portfolio: &str, number: i64, on: &str, kind: &str, units: i64, net_cash: &str) -> Transaction {
    Transaction {
        booking_sequence: number,
        instrument_id: Some(instrument("AAA").instrument_id),
        quantity: Some(Quantity::new(Decimal::from(units))),
        ..transaction(portfolio, &format!("t{number}"), on, kind, net_cash)
    }
}

fn sent(from: &str, number: i64, to: &str) -> Transaction {
    let counter_portfolio_id = Some(to.parse().expect("an id"));
    Transaction { counter_portfolio_id, ..units(from, number, TRANSFER, "INTERNAL_OUT", 15, "0") }
}

fn received(by: &str, number: i64, from: &str) -> Transaction {
    let counter_portfolio_id = Some(from.parse().expect("an id"));
    Transaction { counter_portfolio_id, ..units(by, number, TRANSFER, "INTERNAL_IN", 15, "0") }
}

/// P1 buys 10 for 1,000 and 10 for 1,200 and sends 15 to P2, which sells 12 for 1,560.
fn handed_over() -> Vec<Transaction> {
    vec![
        units("P1", 1, DAYS[0], "BUY", 10, "-1000"),
        units("P1", 2, DAYS[1], "BUY", 10, "-1200"),
        sent("P1", 3, "P2"),
        received("P2", 1, "P1"),
        units("P2", 2, LAST, "SELL", 12, "1560"),
    ]
}

/// A lake with these portfolios and bookings, AAA quoted at 130 on every day.
async fn lake(portfolios: &[Portfolio], transactions: &[Transaction]) -> Lake {
    let lake = memory_lake();
    fill(&lake, &[instrument("AAA")]).await;
    fill(&lake, &DAYS.map(|day| quote("M1~AAA", day, "130"))).await;
    fill(&lake, portfolios).await;
    fill(&lake, transactions).await;
    lake
}

fn every_day() -> Work {
    work("books-1", date(DAYS[0]), date(LAST))
}

/// What was closed in a portfolio: the day of acquisition, the units, their cost and the gain.
async fn closings(lake: &Lake, id: &str) -> Vec<Closed> {
    let mut rows: Vec<LotClosing> = all(lake).await;
    rows.retain(|row| row.portfolio_id.as_str() == id);
    rows.sort_by_key(|row| (row.business_date, row.position));
    rows.iter().map(|row| (row.acquired_date, row.quantity.decimal().normalize(), row.cost, row.gain_base)).collect()
}

/// What AAA cost in a portfolio at last: in its own currency and in that of the portfolio.
async fn cost(lake: &Lake, id: &str) -> (Option<Amount>, Option<Amount>) {
    let mut rows: Vec<Position> = all(lake).await;
    rows.retain(|row| row.portfolio_id.as_str() == id && row.instrument_id.symbol() == "AAA");
    rows.sort_by_key(|row| row.business_date);
    rows.last().map(|row| (row.cost, row.cost_base)).expect("a position")
}

fn euros(cents: &str) -> Option<Amount> {
    Some(amount(cents))
}

/// The day on which a lot was acquired, the units of it, what they had cost, and what they gained.
type Closed = (Option<BusinessDate>, Decimal, Option<Amount>, Option<Amount>);

/// 10 that had cost 1,000 bring 1,300, and 2 that had cost 240 bring 260.
fn both_lots() -> Vec<Closed> {
    vec![
        (Some(date(DAYS[0])), Decimal::TEN, euros("1000"), euros("300")),
        (Some(date(DAYS[1])), Decimal::TWO, euros("240"), euros("20")),
    ]
}

async fn found(lake: &Lake) -> Vec<(String, String)> {
    check(lake, &every_day(), Layer::Gold).await.expect("checked");
    let mut rows: Vec<Exception> = all(lake).await;
    rows.retain(|row| row.check_name == "unmatched_internal_transfers");
    assert!(rows.iter().all(|row| row.business_date == date(TRANSFER)), "{rows:?}");
    let mut found: Vec<(String, String)> =
        rows.into_iter().map(|row| (row.portfolio_id.to_string(), row.subject)).collect();
    found.sort();
    found
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_lots_that_left_one_portfolio_are_those_of_the_other() {
    let lake = lake(&["P1", "P2"].map(portfolio), &handed_over()).await;
    book(&lake, &every_day()).await.expect("booked");
    assert_eq!(closings(&lake, "P2").await, both_lots());
    assert_eq!(closings(&lake, "P1").await, []);
    let gains: Vec<RealisedGain> = all(&lake).await;
    assert!(gains.iter().all(|row| row.portfolio_id.as_str() == "P2"), "{gains:?}");
    // 5 of 120 stay; 15 of 1,600 less 1,240 are left.
    assert_eq!(cost(&lake, "P1").await, (euros("600"), euros("600")));
    assert_eq!(cost(&lake, "P2").await, (euros("360"), euros("360")));
    assert_eq!(found(&lake).await, []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_portfolio_that_is_made_again_alone_gets_the_same_lots() {
    let lake = lake(&["P1", "P2"].map(portfolio), &handed_over()).await;
    let alone = BTreeSet::from(["P2".parse().expect("an id")]);
    book(&lake, &Work { portfolios: Some(Arc::new(alone)), ..every_day() }).await.expect("booked");
    assert_eq!(closings(&lake, "P2").await, both_lots());
    // A night that begins after the transfer has the same gains.
    let night = work("books-2", date(LAST), date(LAST));
    book(&lake, &night).await.expect("booked");
    assert_eq!(closings(&lake, "P2").await, both_lots());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_base_currency_counts_the_rates_of_the_days_of_acquisition() {
    let rate = |on: &str, units: i64| FxRate {
        fx_source: "M1".parse().expect("an id"),
        currency: Currency::USD,
        rate_date: date(on),
        units_per_eur: Rate::new(Decimal::new(units, 2)),
        landing_sha256: String::new(),
        line: 2,
    };
    let dollars = Portfolio { base_currency: Currency::USD, ..portfolio("P2") };
    let lake = lake(&[portfolio("P1"), dollars], &handed_over()).await;
    fill(&lake, &[rate(DAYS[0], 110), rate(DAYS[1], 120), rate(TRANSFER, 150)]).await;
    book(&lake, &every_day()).await.expect("booked");
    // 3 of 120 euros are left, bought at 1.20 dollars.
    assert_eq!(cost(&lake, "P2").await, (euros("360"), euros("432")));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_belongs_to_nothing_costs_what_it_is_worth_and_is_found() {
    let named = handed_over();
    let without = |number: usize| {
        let mut rows = named.clone();
        rows.remove(number);
        rows
    };
    let in_p1 = ("P1".to_owned(), "t3".to_owned());
    let in_p2 = ("P2".to_owned(), "t1".to_owned());
    let mut fewer = named.clone();
    fewer[3].quantity = Some(Quantity::new(Decimal::from(14)));
    let mut unnamed = named.clone();
    unnamed[2].counter_portfolio_id = None;
    let taken_back = Transaction { reverses: Some("t3".to_owned()), ..transaction("P1", "t4", LAST, "REVERSAL", "0") };
    let cases = [
        (without(2), vec![in_p2.clone()]),
        (without(3), vec![in_p1.clone()]),
        (fewer, vec![in_p1.clone(), in_p2.clone()]),
        (unnamed, vec![in_p1, in_p2.clone()]),
        ([named.clone(), vec![taken_back]].concat(), vec![in_p2]),
    ];
    for (rows, expected) in cases {
        let is_received = rows.iter().any(|row| row.kind == "INTERNAL_IN");
        let lake = lake(&["P1", "P2"].map(portfolio), &rows).await;
        book(&lake, &every_day()).await.expect("booked");
        assert_eq!(found(&lake).await, expected);
        if is_received {
            // Taken in at 130 each, as before.
            let costs: Vec<Option<Amount>> = closings(&lake, "P2").await.into_iter().map(|row| row.2).collect();
            assert_eq!(costs, [euros("1560")]);
        }
    }
    // Lots that come one by one with their cost are what left.
    let mut one_by_one = without(3);
    for (number, units, cost) in [(1, 10, "1000"), (3, 5, "600")] {
        let quantity = Some(Quantity::new(Decimal::from(units)));
        one_by_one.push(Transaction { quantity, lot_cost: euros(cost), ..received("P2", number, "P1") });
    }
    let lake = lake(&["P1", "P2"].map(portfolio), &one_by_one).await;
    book(&lake, &every_day()).await.expect("booked");
    assert_eq!(found(&lake).await, []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lots_pass_through_a_portfolio_on_one_day_and_a_circle_is_found() {
    let bought = || vec![units("P1", 1, DAYS[0], "BUY", 10, "-1000"), units("P1", 2, DAYS[1], "BUY", 10, "-1200")];
    let mut chain = bought();
    chain.extend([sent("P1", 3, "P2"), received("P2", 1, "P1"), sent("P2", 2, "P3"), received("P3", 1, "P2")]);
    chain.push(units("P3", 2, LAST, "SELL", 12, "1560"));
    let chained = lake(&["P1", "P2", "P3"].map(portfolio), &chain).await;
    book(&chained, &every_day()).await.expect("booked");
    assert_eq!(closings(&chained, "P3").await, both_lots());
    assert_eq!(found(&chained).await, []);
    // A third one on the same day is too far.
    chain.extend([sent("P3", 2, "P4"), received("P4", 1, "P3")]);
    chain.retain(|row| row.kind != "SELL");
    let far = lake(&["P1", "P2", "P3", "P4"].map(portfolio), &chain).await;
    book(&far, &every_day()).await.expect("booked");
    assert_eq!(found(&far).await, [("P4".to_owned(), "t1".to_owned())]);
    // Each sends what it had received from the other.
    let mut circle = bought();
    circle.extend([received("P1", 3, "P2"), sent("P1", 4, "P2"), received("P2", 1, "P1"), sent("P2", 2, "P1")]);
    let round = lake(&["P1", "P2"].map(portfolio), &circle).await;
    let report = book(&round, &every_day()).await.expect("booked");
    assert_eq!(report.snags, Vec::<String>::new());
    assert_eq!(found(&round).await, [("P1".to_owned(), "t3".to_owned()), ("P2".to_owned(), "t1".to_owned())]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lots_of_books_that_cannot_be_kept_have_no_known_cost() {
    let mut rows = handed_over();
    // 6 of the 20 were sold: 14 are there, not 15.
    rows.push(units("P1", 4, DAYS[1], "SELL", 6, "700"));
    let lake = lake(&["P1", "P2"].map(portfolio), &rows).await;
    let report = book(&lake, &every_day()).await.expect("booked");
    assert_eq!(report.snags.len(), 1, "{:?}", report.snags);
    assert_eq!(closings(&lake, "P2").await, [(Some(date(TRANSFER)), Decimal::from(12), None, None)]);
}

fn every(node: &Node) -> Vec<&Node> {
    std::iter::once(node).chain(node.children.iter().flat_map(every)).collect()
}

fn about(id: &str, figure: &str) -> Question {
    Question {
        portfolio_id: id.parse().expect("an id"),
        figure: figure.to_owned(),
        date: Some(date(LAST)),
        instrument: Some("AAA".to_owned()),
        period: ReportingPeriod::SinceInception,
        parts_max: 100,
        versions: Versions::Newest,
        age_limits: AgeLimits::UNLIMITED,
    }
}

/// The figure of the first node whose label begins so.
fn number(tree: &Node, words: &str) -> Option<Decimal> {
    every(tree).into_iter().find(|node| node.label.starts_with(words)).and_then(|node| node.figure.exact())
}

/// Every figure follows from its parts by the rule that it names.
fn assert_follows(tree: &Node) {
    for node in every(tree) {
        assert_eq!((&node.differs, node.rule == Rule::Booked), (&None, false), "{}", node.label);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cost_is_explained_by_the_lots_that_came() {
    let lake = lake(&["P1", "P2"].map(portfolio), &handed_over()).await;
    book(&lake, &every_day()).await.expect("booked");
    let cost = explain(&lake, about("P2", "cost")).await.expect("an answer");
    assert_eq!(cost.figure.exact(), Some(Decimal::from(360)));
    // 5 units for 600 came, and 3 of the 5 are left.
    let parts = every(&cost);
    let came = parts.iter().find(|node| node.label.starts_with("cost that came with the units from P1"));
    assert_eq!(came.and_then(|node| node.figure.exact()), Some(Decimal::from(600)));
    let share = parts.iter().find(|node| node.label == "share left").and_then(|node| node.figure.exact());
    assert_eq!(share, Some(Decimal::new(6, 1)));
    assert!(parts.iter().all(|node| node.differs.is_none()), "{parts:?}");
    let quantity = explain(&lake, about("P2", "quantity")).await.expect("an answer");
    let [lot] = quantity.children.as_slice() else { panic!("one lot") };
    let steps: Vec<Option<Decimal>> = lot.children.iter().map(|step| step.figure.exact()).collect();
    assert_eq!(steps, [Some(Decimal::from(5)), Some(Decimal::from(-2))]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_left_for_another_portfolio_is_a_step_of_its_lot() {
    let lake = lake(&["P1", "P2"].map(portfolio), &handed_over()).await;
    book(&lake, &every_day()).await.expect("booked");
    // The first ten are gone; of the second ten 5 left.
    let quantity = explain(&lake, about("P1", "quantity")).await.expect("an answer");
    assert_follows(&quantity);
    let [lot] = quantity.children.as_slice() else { panic!("one lot") };
    let steps: Vec<Option<Decimal>> = lot.children.iter().map(|step| step.figure.exact()).collect();
    assert_eq!(steps, [Some(Decimal::TEN), Some(Decimal::from(-5))]);
    assert_eq!(number(lot, "closed by INTERNAL_OUT t3 of 2014-02-03"), Some(Decimal::from(-5)));
    // The receipt names what sent it.
    let received = explain(&lake, about("P2", "quantity")).await.expect("an answer");
    let notes: Vec<&str> = every(&received).into_iter().filter_map(|node| node.note.as_deref()).collect();
    assert!(notes.iter().any(|note| note.contains("sent by INTERNAL_OUT t3 of P1")), "{notes:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cost_leads_through_every_portfolio_to_what_was_bought() {
    let mut chain = handed_over();
    chain.retain(|row| row.kind != "SELL");
    chain.extend([sent("P2", 2, "P3"), received("P3", 1, "P2"), units("P3", 2, LAST, "SELL", 12, "1560")]);
    for row in &mut chain {
        row.origin = format!("{}/transactions.csv:{}", row.portfolio_id, row.booking_sequence + 1);
    }
    let lake = lake(&["P1", "P2", "P3"].map(portfolio), &chain).await;
    book(&lake, &every_day()).await.expect("booked");
    let cost = explain(&lake, about("P3", "cost")).await.expect("an answer");
    assert_follows(&cost);
    assert_eq!(cost.figure.exact(), Some(Decimal::from(360)));
    // Of 1,200 paid for ten, 5/10 left P1 and passed through P2 as they were.
    for words in [
        "cost that came with the units from P2: INTERNAL_IN t1",
        "left P2 with INTERNAL_OUT t2",
        "in P2: lot of 2014-02-03, opened by t1",
        "left P1 with INTERNAL_OUT t3",
        "in P1: lot of 2014-01-03, opened by t2",
    ] {
        assert_eq!(number(&cost, words), Some(Decimal::from(600)), "{words}");
    }
    assert_eq!(number(&cost, "share that left"), Some(Decimal::new(5, 1)));
    let paid = every(&cost).into_iter().find(|node| node.label.starts_with("paid with fees and taxes: BUY t2"));
    let paid = paid.expect("the purchase");
    assert_eq!(paid.figure.exact(), Some(Decimal::from(1_200)));
    let source = paid.source.as_ref().expect("a line");
    assert_eq!((source.file.as_str(), source.line), ("P1/transactions.csv", Some(3)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cost_that_is_not_known_is_not_explained_by_what_the_units_were_worth() {
    let mut rows = handed_over();
    // 6 of the 20 were sold: 14 are there, not 15, and what left cannot be known.
    rows.push(units("P1", 4, DAYS[1], "SELL", 6, "700"));
    let lake = lake(&["P1", "P2"].map(portfolio), &rows).await;
    book(&lake, &every_day()).await.expect("booked");
    let cost = explain(&lake, about("P2", "cost")).await.expect("an answer");
    let [lot] = cost.children.as_slice() else { panic!("one lot") };
    assert_eq!((lot.figure.exact(), &lot.rule), (None, &Rule::Booked));
    let [booked] = lot.children.as_slice() else { panic!("one booking") };
    assert!(booked.label.starts_with("INTERNAL_IN t1"), "{}", booked.label);
}
