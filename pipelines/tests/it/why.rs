//! Why a figure is so: the book of docs/BOOK_FOLDER.md, whose figures are worked out there, taken apart.

use std::collections::BTreeMap;
use std::path::Path;

use lake::{Lake, WriteKey};
use pipelines::books::book;
use pipelines::conform::conform;
use pipelines::landing::land;
use pipelines::rollups::roll_up;
use pipelines::sources::book_folder::{Listed, read_folder};
use pipelines::why::node::{Figure, Node, Rule, Unit};
use pipelines::why::refused::Refused;
use pipelines::why::{Question, Versions, explain, known_figures};
use pipelines::{AgeLimits, Error};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use schemas::tables::TABLES;
use schemas::tables::quotes::Quote;
use schemas::tables::transactions::Transaction;
use schemas::{Currency, ReportingPeriod};

use crate::samples::{all, clock, date, memory_lake, mirror, transaction, work};

const FILES: &[(&str, &str)] = &[
    (
        "portfolio.json",
        r#"{"id":"EXAMPLE","title":"A small example","base_currency":"EUR","start":"2024-03-25","end":"2024-04-02"}"#,
    ),
    (
        "instruments.csv",
        "symbol,name,currency,price_scale,adjusted,source\n\
         ACME,Acme Corporation,USD,1,none,made up\n\
         BRIT,Britannia Mills,GBP,0.01,none,made up\n",
    ),
    (
        "prices.csv",
        "date,symbol,close,currency\n\
         2024-03-25,ACME,120.00,USD\n2024-03-25,BRIT,250,GBX\n2024-03-26,ACME,121.50,USD\n2024-03-26,BRIT,252,GBX\n\
         2024-03-27,BRIT,255,GBX\n2024-03-28,ACME,41.00,USD\n2024-03-28,BRIT,251.5,GBX\n2024-04-02,ACME,42.00,USD\n\
         2024-04-02,BRIT,260,GBX\n",
    ),
    (
        "fx.csv",
        "date,currency,units_per_eur\n\
         2024-03-25,USD,1.0835\n2024-03-25,GBP,0.85698\n2024-03-26,USD,1.0855\n2024-03-26,GBP,0.85846\n\
         2024-03-27,USD,1.0816\n2024-03-27,GBP,0.85768\n2024-03-28,USD,1.0811\n2024-03-28,GBP,0.8551\n\
         2024-04-02,USD,1.0749\n2024-04-02,GBP,0.8551\n",
    ),
    (
        "corporate_actions.csv",
        "date,symbol,type,ratio,amount,currency,note\n2024-03-27,ACME,SPLIT,3,,,three new for one old\n",
    ),
    (
        "transactions.csv",
        "tx_id,date,type,symbol,quantity,price,currency,fees,taxes,net_cash,counter_currency,counter_amount,note\n\
         1,2024-03-25,DEPOSIT,,,,EUR,0,0,10000.00,,,\n\
         2,2024-03-25,FX,,,,EUR,0,0,-5000.00,USD,5400.00,at 1.08\n\
         3,2024-03-25,BUY,ACME,40,120.00,USD,4.00,0,-4804.00,,,\n\
         4,2024-03-26,FX,,,,EUR,0,0,-3000.00,GBP,2565.00,at 0.855\n\
         5,2024-03-26,BUY,BRIT,1000,252,GBP,5.00,12.60,-2537.60,,,stamp duty 0.5 %\n\
         6,2024-03-28,DIVIDEND,BRIT,1000,0.05,GBP,0,0,50.00,,,\n\
         7,2024-03-30,WITHDRAWAL,,,,EUR,0,0,-500.00,,,a Saturday\n\
         8,2024-04-02,SELL,ACME,60,42.00,USD,4.00,0,2516.00,,,half of the shares\n",
    ),
];

const LAST: &str = "2024-04-02";

fn written(folder: &Path, files: &[(&str, &str)]) {
    for (name, text) in files {
        std::fs::write(folder.join(name), text).expect("written");
    }
}

/// A lake in which the example was taken in and valued.
pub(crate) async fn example() -> Lake {
    example_with(&[]).await
}

/// The same with more bookings.
async fn example_with(more: &[Transaction]) -> Lake {
    valued(FILES, ("2024-03-25", LAST), more).await
}

/// A lake in which a book was taken in and valued from one day to another, with more bookings.
pub(crate) async fn valued(files: &[(&str, &str)], days: (&str, &str), more: &[Transaction]) -> Lake {
    let folder = tempfile::tempdir().expect("a temporary folder");
    written(folder.path(), files);
    let found = read_folder(folder.path(), &|_| Listed::new(), &|_| false).expect("a book");
    let [example] = found.books.as_slice() else { panic!("one book") };
    assert!(example.rejects.is_empty(), "{:?}", example.rejects);
    let lake = memory_lake();
    land(&lake, &example.deliveries, clock()).await.expect("landed");
    conform(&lake).await.expect("conformed");
    let night = work("nightly-1", date(days.0), date(days.1));
    let transactions = [example.transactions.as_slice(), more].concat();
    mirror(&lake, &night, std::slice::from_ref(&example.portfolio), &transactions).await;
    book(&lake, &night).await.expect("booked");
    roll_up(&lake, &night).await.expect("rolled up");
    lake
}

pub(crate) fn question(figure: &str) -> Question {
    Question {
        portfolio_id: "EXAMPLE".parse().expect("an id"),
        figure: figure.to_owned(),
        date: Some(date(LAST)),
        instrument: None,
        period: ReportingPeriod::SinceInception,
        parts_max: 100,
        versions: Versions::Newest,
        age_limits: AgeLimits::UNLIMITED,
    }
}

pub(crate) fn of(figure: &str, instrument: &str) -> Question {
    Question { instrument: Some(instrument.to_owned()), ..question(figure) }
}

pub(crate) async fn tree(lake: &Lake, question: Question) -> Node {
    explain(lake, question).await.expect("an answer")
}

pub(crate) fn number(node: &Node) -> Decimal {
    node.figure.exact().unwrap_or_else(|| panic!("{} is a number, not {:?}", node.label, node.figure))
}

fn estimated(node: &Node) -> f64 {
    match &node.figure {
        Figure::Estimate(number) => *number,
        _ => number(node).to_f64().expect("a number"),
    }
}

pub(crate) fn every(node: &Node) -> Vec<&Node> {
    std::iter::once(node).chain(node.children.iter().flat_map(every)).collect()
}

pub(crate) fn found<'a>(node: &'a Node, words: &str) -> &'a Node {
    let named = every(node).into_iter().find(|node| node.label.contains(words));
    named
        .unwrap_or_else(|| panic!("no `{words}` among {:#?}", every(node).iter().map(|n| &n.label).collect::<Vec<_>>()))
}

/// A reader with a calculator: what the parts give by the rule as it is printed. None where there is no formula.
fn calculated(node: &Node) -> Option<f64> {
    let parts = || node.children.iter().map(estimated);
    let first = || node.children.first().map(estimated);
    match &node.rule {
        Rule::Given | Rule::Booked | Rule::Collapsed(_) | Rule::Measure(_) | Rule::InternalRate => None,
        Rule::Same => first(),
        Rule::Sum => Some(parts().sum()),
        Rule::Opposite => Some(-parts().sum::<f64>()),
        Rule::Difference => Some(first()? - parts().skip(1).sum::<f64>()),
        Rule::Product(_) => Some(parts().product()),
        Rule::Quotient(_) => Some(first()? / parts().nth(1)?),
        Rule::Steps => Some(node.children.iter().fold(0.0, |there, part| match part.unit {
            Unit::Factor => there * estimated(part),
            _ => there + estimated(part),
        })),
        Rule::DailyReturn => {
            let parts: Vec<f64> = parts().collect();
            Some((parts[3] + parts[2]) / (parts[0] + parts[1]) - 1.0)
        }
        Rule::Linked => Some(parts().fold(1.0, |growth, part| growth * (1.0 + part)) - 1.0),
        Rule::ModifiedDietz { opening, closing } => {
            let whole = closing.days_since(*opening) as f64;
            let flows = node.children.get(1..node.children.len() - 1)?;
            let weight = |flow: &Node| closing.days_since(flow.date.expect("a day")) as f64 / whole;
            let gain = estimated(node.children.last()?) - first()? - flows.iter().map(estimated).sum::<f64>();
            let capital = first()? + flows.iter().map(|flow| weight(flow).min(1.0) * estimated(flow)).sum::<f64>();
            Some(gain / capital)
        }
    }
}

pub(crate) fn assert_follows(node: &Node) {
    for part in every(node) {
        assert_eq!(part.differs, None, "{}", part.label);
        assert_eq!(part.hidden, 0, "{}", part.label);
        if let Some(expected) = calculated(part) {
            let off = (estimated(part) - expected).abs() / expected.abs().max(1.0);
            assert!(off < 1e-9, "{}: {} is not {expected}", part.label, estimated(part));
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_value_is_positions_and_cash_down_to_the_imported_line() {
    let lake = example().await;
    let value = tree(&lake, question("market_value")).await;
    assert_eq!(value.figure.printed(&value.unit), "9,870.65 EUR");
    assert_follows(&value);
    // 60 · 42 / 1.0749 dollars in euro; every digit that gold keeps.
    let acme = found(&value, "ACME");
    assert_eq!(number(acme), "2344.4041306168".parse().expect("a number"));
    let quote = found(acme, "close of 2024-04-02");
    assert_eq!((number(quote), &quote.unit), (Decimal::from(42), &Unit::Price("USD".to_owned())));
    let source = quote.source.as_ref().expect("a source");
    assert_eq!((source.file.as_str(), source.line), ("EXAMPLE/prices.csv", Some(9)));
    assert_eq!(source.sha256.as_deref(), Some(pipelines::landing::sha256(FILES[2].1.as_bytes()).as_str()));
    let rate = found(acme, "USD for one EUR on 2024-04-02");
    assert_eq!(rate.source.as_ref().and_then(|source| source.line), Some(10));
    assert!(every(acme).iter().any(|node| node.label.contains("the pivot")));
    // A pence line has its scale: 1000 · 260 · 0.01 / 0.8551.
    let brit = found(&value, "BRIT");
    assert_eq!(number(brit), "3040.5800491171".parse().expect("a number"));
    assert_eq!(number(found(brit, "price scale")), Decimal::new(1, 2));
    // 10,000 − 5,000 − 3,000 − 500 euro, each from its line.
    let euro = found(&value, "balance in EUR");
    assert_eq!((number(euro), euro.children.len()), (Decimal::from(1500), 4));
    let lines: Vec<Option<i64>> =
        euro.children.iter().map(|part| part.source.as_ref().and_then(|source| source.line)).collect();
    assert_eq!(lines, [Some(8), Some(5), Some(3), Some(2)], "the latest first");
    // Nothing is explained by the books alone, and everything that was read says where.
    for node in every(&value) {
        assert_ne!(node.rule, Rule::Booked, "{}", node.label);
        let computed = ["the pivot", "price scale", "units"].iter().any(|word| node.label.contains(word));
        assert!(node.rule != Rule::Given || computed || node.source.is_some(), "{} has no source", node.label);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lots_are_what_was_bought_split_and_sold() {
    let lake = example().await;
    // 40 bought on the 25th, three for one on the 27th, 60 sold on the 2nd.
    let quantity = tree(&lake, of("quantity", "ACME")).await;
    assert_follows(&quantity);
    let [lot] = quantity.children.as_slice() else { panic!("one lot") };
    let steps: Vec<Decimal> = lot.children.iter().map(number).collect();
    assert_eq!(steps, [Decimal::from(40), Decimal::from(3), Decimal::from(-60)]);
    let files: Vec<String> =
        lot.children.iter().map(|step| step.source.as_ref().expect("a source").file.clone()).collect();
    assert_eq!(files, ["EXAMPLE/transactions.csv", "EXAMPLE/corporate_actions.csv", "EXAMPLE/transactions.csv"]);
    // Half of 4,804.00 dollars at 1.0835: 2,216.8897 euro.
    let cost = tree(&lake, of("cost", "ACME")).await;
    assert_follows(&cost);
    assert_eq!(number(&cost), "2216.8897092755".parse().expect("a number"));
    assert_eq!(number(found(&cost, "share left")), Decimal::new(5, 1));
    // 2,344.4041 − 2,216.8897 = 127.5144.
    let gain = tree(&lake, of("unrealised_gain", "ACME")).await;
    assert_follows(&gain);
    assert_eq!(number(&gain), "127.5144213413".parse().expect("a number"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_carried_price_names_the_split_it_follows() {
    let lake = example().await;
    // 121.50 of the day before, three for one since: 40.50.
    let price = tree(&lake, Question { date: Some(date("2024-03-27")), ..of("price", "ACME") }).await;
    assert_follows(&price);
    assert_eq!(number(&price), Decimal::new(405, 1));
    assert!(price.note.as_deref().is_some_and(|note| note.contains("carried since 2024-03-26")), "{:?}", price.note);
    let parts: Vec<Decimal> = price.children.iter().map(number).collect();
    assert_eq!(parts, [Decimal::new(1215, 1), Decimal::from(3)]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn returns_and_gains_are_taken_apart() {
    let lake = example().await;
    let day = tree(&lake, question("daily_return")).await;
    assert_follows(&day);
    assert_eq!(day.figure.printed(&day.unit), "2.3362 %");
    let outflow = found(&day, "outflow");
    assert_eq!(number(outflow), Decimal::from(500));
    let taken = outflow.children.first().expect("the withdrawal");
    assert!(taken.note.as_deref().is_some_and(|note| note.contains("takes effect on 2024-04-02")), "{taken:?}");
    let twr = tree(&lake, question("twr")).await;
    assert_follows(&twr);
    assert_eq!(twr.figure.printed(&twr.unit), "3.7065 %");
    assert_eq!(found(&twr, "return of 2024-04-02").children.len(), 4, "the day of the date is taken apart");
    assert!(found(&twr, "2024-03: ").children.is_empty(), "other months are drawn together");
    // 106.0564 by the price, 17.7368 by the dollar: 123.79 as docs/BOOK_FOLDER.md has it.
    let gains = tree(&lake, question("realised_gains")).await;
    assert_follows(&gains);
    assert_eq!(gains.figure.printed(&gains.unit), "123.79 EUR");
    assert_eq!(number(found(&gains, "made by prices")).round_dp(4), Decimal::new(1_060_564, 4));
    assert_eq!(number(found(&gains, "made by exchange rates")).round_dp(4), Decimal::new(177_368, 4));
    let dividends = tree(&lake, question("dividends")).await;
    assert_follows(&dividends);
    assert_eq!(number(&dividends).round_dp(4), Decimal::new(584_727, 4), "50 / 0.8551");
    let gross = tree(&lake, question("cash_dividends")).await;
    assert_eq!(number(&gross), number(&dividends), "no tax was withheld");
    for figure in ["gain", "net_external_flows", "end_market_value", "modified_dietz", "mwr_period"] {
        let node = tree(&lake, question(figure)).await;
        assert_follows(&node);
        assert!(!matches!(node.figure, Figure::Unavailable(_)), "{figure}: {:?}", node.figure);
    }
    let not_annualised = "the period is shorter than a year and is not annualised".to_owned();
    for figure in ["xirr", "annualised_return_act365"] {
        let node = tree(&lake, question(figure)).await;
        assert_eq!((node.figure, node.differs), (Figure::Unavailable(not_annualised.clone()), None), "{figure}");
    }
    // A night does not keep it; it is computed for who asks.
    let asked = tree(&lake, question("mean_absolute_deviation")).await;
    assert!(matches!(asked.figure, Figure::Estimate(_)), "{:?}", asked.figure);
    assert!(asked.note.as_deref().is_some_and(|note| note.starts_with("computed now")), "{asked:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn returns_before_charges_name_the_charges() {
    let lake = example().await;
    // Charged were 4 dollars on the 25th and on the 2nd, 5 pounds and 12.60 of stamp duty on the 26th.
    for (figure, expected) in [("twr_before_taxes", 0.038_588_406_947), ("twr_before_fees", 0.039_950_251_304)] {
        let node = tree(&lake, question(figure)).await;
        assert_follows(&node);
        let Figure::Estimate(rate) = node.figure else { panic!("{figure}: {:?}", node.figure) };
        assert!((rate - expected).abs() < 1e-11, "{figure}: {rate}");
    }
    let before_fees = tree(&lake, question("twr_before_fees")).await;
    let fee = found(&before_fees, "brokerage, in USD");
    assert_eq!(number(fee).round_dp(4), Decimal::new(37_213, 4), "4 / 1.0749");
}

/// 100 shares bought for 1,000, sold for 800 and bought again for 850 a fortnight later.
async fn bought_again(method: &str) -> Lake {
    let portfolio = format!(r#"{{"id":"EXAMPLE","base_currency":"GBP","start":"2024-01-02","cost_basis":"{method}"}}"#);
    let files = [
        ("portfolio.json", portfolio.as_str()),
        ("instruments.csv", "symbol,name,currency\nS,Share,GBP\n"),
        (
            "prices.csv",
            "date,symbol,close,currency\n2024-01-02,S,10,GBP\n2024-02-05,S,8,GBP\n2024-02-19,S,8.5,GBP\n\
             2024-02-29,S,8,GBP\n2024-03-06,S,8,GBP\n2024-03-28,S,8,GBP\n",
        ),
        (
            "transactions.csv",
            "tx_id,date,type,symbol,quantity,price,currency,fees,taxes,net_cash\n\
             1,2024-01-02,DEPOSIT,,,,GBP,0,0,20000\n\
             2,2024-01-02,BUY,S,100,10,GBP,0,0,-1000\n\
             3,2024-02-05,SELL,S,100,8,GBP,0,0,800\n\
             4,2024-02-19,BUY,S,100,8.5,GBP,0,0,-850\n",
        ),
    ];
    valued(&files, ("2024-01-02", "2024-03-28"), &[]).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_rule_changed_later_is_a_part_of_the_realised_gains() {
    use ReportingPeriod::{MonthToDate, SinceInception};
    // The sale's loss is 200. In the United Kingdom the purchase of a fortnight later is what was sold: +150. In the
    // United States all of the loss moves into that purchase; in Canada, too, but only when the 30 days are over, on 6
    // March.
    for (method, in_february, in_march) in [
        ("fifo", [-200, 0], [0, 0]),
        ("uk_section_104", [-50, 150], [0, 0]),
        ("us_fifo", [0, 200], [0, 0]),
        ("us_specific_identification", [0, 200], [0, 0]),
        ("canada_acb", [-200, 0], [200, 200]),
    ] {
        let lake = bought_again(method).await;
        let whole = in_february[0] + in_march[0];
        for (last, period, [realised, changed]) in [
            ("2024-02-29", SinceInception, in_february),
            ("2024-02-29", MonthToDate, in_february),
            ("2024-03-28", MonthToDate, in_march),
            ("2024-03-28", SinceInception, [whole, in_february[1] + in_march[1]]),
        ] {
            let asked = Question { date: Some(date(last)), period, ..question("realised_gains") };
            let gains = tree(&lake, asked).await;
            assert_follows(&gains);
            assert_eq!(number(&gains), Decimal::from(realised), "{method}, {last}, {period:?}");
            let line = gains.children.iter().find(|part| part.label == "changed by a rule that looks ahead");
            assert_eq!(line.map_or(Decimal::ZERO, number), Decimal::from(changed), "{method}, {last}, {period:?}");
            assert!(line.is_none_or(|line| line.children[0].label.contains("100 units of SELL 3 of 2024-02-05")));
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_taken_back_later_never_counted() {
    let reversal = |id: &str, reverses: &str| Transaction {
        reverses: Some(reverses.to_owned()),
        ..transaction("EXAMPLE", id, LAST, "REVERSAL", "0")
    };
    let bought = Transaction {
        instrument_id: Some("EXAMPLE~BRIT".parse().expect("an id")),
        quantity: Some("100".parse().expect("a number")),
        price: Some("252".parse().expect("a number")),
        currency: Currency::GBP,
        ..transaction("EXAMPLE", "9", "2024-03-27", "BUY", "-252")
    };
    // On the 2nd of April a purchase and the dividend of the days before are taken back.
    let lake = example_with(&[bought.clone(), reversal("10", "9")]).await;
    let pounds = tree(&lake, Question { date: Some(date("2024-03-28")), ..of("cash_balance", "GBP") }).await;
    assert!(pounds.note.as_deref().is_some_and(|note| note.contains("1 booking was taken back")), "{pounds:?}");
    let lake = example_with(&[bought, reversal("10", "9"), reversal("11", "6")]).await;
    let then = |asked: Question| Question { date: Some(date("2024-03-28")), ..asked };
    for figure in ["market_value", "daily_return", "twr", "dividends"] {
        assert_follows(&tree(&lake, then(question(figure))).await);
    }
    let dividends = tree(&lake, then(question("dividends"))).await;
    assert_eq!((number(&dividends), dividends.children.len()), (Decimal::ZERO, 0));
    // 2,565.00 − 2,537.60 pounds.
    let pounds = tree(&lake, then(of("cash_balance", "GBP"))).await;
    assert_follows(&pounds);
    assert_eq!((number(&pounds), pounds.children.len()), (Decimal::new(2_740, 2), 2));
    assert!(pounds.note.as_deref().is_some_and(|note| note.contains("2 bookings were taken back")), "{pounds:?}");
    let quantity = tree(&lake, then(of("quantity", "BRIT"))).await;
    assert_follows(&quantity);
    assert_eq!((number(&quantity), quantity.children.len()), (Decimal::from(1000), 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_figure_has_an_answer() {
    let lake = example().await;
    for (figure, _) in known_figures() {
        let asked = match figure {
            "quantity" | "price" | "value" | "cost" | "unrealised_gain" => of(figure, "BRIT"),
            "cash_balance" => of(figure, "GBP"),
            _ => question(figure),
        };
        let node = tree(&lake, asked).await;
        assert_follows(&node);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn parts_that_are_drawn_together_keep_their_exact_sum() {
    let lake = example().await;
    let whole = tree(&lake, of("cash_balance", "EUR")).await;
    let short = tree(&lake, Question { parts_max: 1, ..of("cash_balance", "EUR") }).await;
    assert_follows(&short);
    let [shown, rest] = short.children.as_slice() else { panic!("one part and the rest") };
    assert_eq!(rest.label, "… and 3 more");
    assert_eq!(number(shown) + number(rest), number(&whole));
    // 10,000 − 5,000 − 3,000.
    assert_eq!(number(rest), Decimal::from(2000));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_corrected_since_is_seen_and_a_run_is_explained_as_it_was() {
    let lake = example().await;
    let mut versions = BTreeMap::new();
    for definition in TABLES {
        let version = lake.snapshot(definition).await.expect("a snapshot").version();
        versions.extend(version.map(|version| (definition.name.to_owned(), version)));
    }
    let mut quotes: Vec<Quote> = all(&lake).await;
    quotes.retain(|quote| quote.quote_date == date(LAST) && quote.instrument_id.symbol() == "ACME");
    for quote in &mut quotes {
        quote.close = "43".parse().expect("a number");
    }
    lake.upsert(&quotes, &WriteKey::new("correction", 1)).await.expect("written");
    // Gold still has 42, silver says 43: the tree has both numbers.
    let now = tree(&lake, question("market_value")).await;
    let price = every(&now).into_iter().find(|node| node.differs.is_some()).expect("a difference");
    assert_eq!(price.label, "price");
    assert_eq!((number(price), price.differs.clone()), (Decimal::from(42), Some(Figure::Exact(Decimal::from(43)))));
    let run_id = "nightly-1".parse().expect("an id");
    let of_run =
        |versions| Versions::OfRun { run_id: "nightly-1".parse().expect("an id"), to_date: date(LAST), versions };
    let then =
        tree(&lake, Question { versions: of_run(versions.clone()), date: None, ..question("market_value") }).await;
    assert_follows(&then);
    let closes: Vec<Decimal> =
        every(&then).into_iter().filter(|node| node.label.contains("close of 2024-04-02")).map(number).collect();
    assert!(closes.contains(&Decimal::from(42)) && !closes.contains(&Decimal::from(43)), "{closes:?}");
    versions.remove("silver.quotes");
    match explain(&lake, Question { versions: of_run(versions), ..question("market_value") }).await {
        Err(Error::Why(refused)) => assert_eq!(refused, Refused::Unpinned { run_id, table: "silver.quotes" }),
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn questions_without_an_answer_say_what_to_ask() {
    let lake = example().await;
    let nobody = Question { portfolio_id: "NOBODY".parse().expect("an id"), ..question("market_value") };
    let sunday = Question { date: Some(date("2024-03-31")), ..question("market_value") };
    for (asked, words) in [
        (question("sharp"), "unknown figure `sharp`; known: market_value, securities_value"),
        (question("cost"), "add --instrument SYMBOL; held on 2024-04-02: ACME, BRIT"),
        (of("cost", "AAPL"), "lists no `AAPL`; held on 2024-04-02: ACME, BRIT"),
        (of("market_value", "ACME"), "leave out --instrument"),
        (of("twr", "ACME"), "leave out --instrument"),
        (question("cash_balance"), "one of: EUR, GBP, USD"),
        (of("cash_balance", "CHF"), "one of: EUR, GBP, USD"),
        (nobody, "there is no portfolio `NOBODY`"),
        (sunday, "was not valued on 2024-03-31; the last date before on which it was is 2024-03-28"),
    ] {
        let Err(error) = explain(&lake, asked).await else { panic!("no answer: {words}") };
        assert!(error.to_string().contains(words), "{error}");
    }
    let unheld = tree(&lake, Question { date: Some(date("2024-03-25")), ..of("value", "BRIT") }).await;
    assert_eq!((number(&unheld), unheld.note.as_deref()), (Decimal::ZERO, Some("not held on 2024-03-25")));
}
