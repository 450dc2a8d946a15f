//! Why a figure is so where corporate actions and the bridge made it: a book with a merger for units, one for cash, a
//! spin-off, a split and a dividend, worked out here by hand.

use lake::Lake;
use pipelines::why::node::{Figure, Node, Rule};
use pipelines::why::{Question, explain, known_figures};
use rust_decimal::Decimal;
use schemas::tables::nav_bridge::{BridgeComponent, NavBridgeRow};
use schemas::{Amount, ReportingPeriod};

use crate::samples::{all, date};
use crate::why::{assert_follows, every, example, found, number, of, question, tree, valued};

const ACTIONS: &[(&str, &str)] = &[
    ("portfolio.json", r#"{"id":"EXAMPLE","base_currency":"EUR","start":"2024-02-01"}"#),
    (
        "instruments.csv",
        "symbol,name,currency\nOLD,Old,EUR\nNEW,New,EUR\nPARENT,Parent,EUR\nCHILD,Child,EUR\nPARTS,Parts,EUR\n\
         SOLD,Sold,EUR\nPAYER,Payer,EUR\n",
    ),
    (
        "prices.csv",
        "date,symbol,close,currency\n\
         2024-02-01,OLD,100,EUR\n2024-02-01,PARENT,100,EUR\n2024-02-01,PARTS,100,EUR\n2024-02-01,SOLD,90,EUR\n\
         2024-02-01,PAYER,10,EUR\n2024-02-15,NEW,51,EUR\n2024-02-15,PARENT,80,EUR\n2024-02-15,CHILD,84,EUR\n\
         2024-02-15,PARTS,66,EUR\n2024-02-15,PAYER,9,EUR\n2024-02-16,NEW,52,EUR\n2024-02-16,CHILD,85,EUR\n",
    ),
    (
        "corporate_actions.csv",
        "date,symbol,type,ratio,amount,currency,target_symbol,basis_fraction,fraction_price,pay_date,note\n\
         2024-02-15,OLD,MERGER,2:1,,,NEW,,,,\n\
         2024-02-15,PARENT,SPIN_OFF,1:4,,EUR,CHILD,0.2,8,,\n\
         2024-02-15,PARTS,SPLIT,3:2,,EUR,,,66,,\n\
         2024-02-15,SOLD,MERGER,,95,EUR,,,,,\n\
         2024-02-15,PAYER,CASH_DIVIDEND,,1,EUR,,,,,\n",
    ),
    (
        "transactions.csv",
        "tx_id,date,type,symbol,quantity,price,currency,fees,taxes,net_cash\n\
         1,2024-02-01,DEPOSIT,,,,EUR,0,0,100000\n\
         2,2024-02-01,BUY,OLD,55,100,EUR,5,0,-5505\n\
         3,2024-02-01,BUY,PARENT,55,100,EUR,5,0,-5505\n\
         4,2024-02-01,BUY,PARTS,55,100,EUR,5,0,-5505\n\
         5,2024-02-01,BUY,SOLD,10,90,EUR,0,0,-900\n\
         6,2024-02-01,BUY,PAYER,100,10,EUR,0,0,-1000\n\
         7,2024-02-15,DIVIDEND,PAYER,100,1,EUR,0,15,85\n\
         8,2024-02-16,FEE_CUSTODY,,,,EUR,0,0,-12\n\
         9,2024-02-16,SELL,NEW,10,52,EUR,0,0,520\n",
    ),
];

const END: &str = "2024-02-16";

async fn with_actions() -> Lake {
    valued(ACTIONS, ("2024-02-01", END), &[]).await
}

fn at_end(asked: Question) -> Question {
    Question { date: Some(date(END)), ..asked }
}

fn exact(text: &str) -> Decimal {
    text.parse().expect("a number")
}

/// The file and the line that a node was read in.
fn place(node: &Node) -> (String, Option<i64>) {
    let source = node.source.as_ref().unwrap_or_else(|| panic!("{} has no source", node.label));
    (source.file.clone(), source.line)
}

fn announced_in(line: i64) -> (String, Option<i64>) {
    ("EXAMPLE/corporate_actions.csv".to_owned(), Some(line))
}

fn booked_in(line: i64) -> (String, Option<i64>) {
    ("EXAMPLE/transactions.csv".to_owned(), Some(line))
}

/// Every figure of the tree has a formula, and follows by it.
fn assert_has_formulas(node: &Node) {
    assert_follows(node);
    for part in every(node) {
        assert_ne!(part.rule, Rule::Booked, "{}", part.label);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn units_of_a_merger_lead_to_what_was_bought() {
    let lake = with_actions().await;
    // 55 OLD become 110 NEW, of which 10 are sold.
    let quantity = tree(&lake, at_end(of("quantity", "NEW"))).await;
    assert_has_formulas(&quantity);
    assert_eq!(number(&quantity), Decimal::from(100));
    let merger = found(&quantity, "MERGER (MRGR) of OLD, ex 2024-02-15: 2 NEW for 1");
    assert_eq!((number(merger), place(merger)), (Decimal::from(110), announced_in(2)));
    let lot = found(merger, "OLD lot of 2024-02-01, opened by 2");
    assert_eq!(number(lot), Decimal::from(55));
    assert_eq!(place(found(lot, "BUY 2 of 2024-02-01")), booked_in(3));
    assert_eq!(place(found(&quantity, "closed by SELL 9")), booked_in(10));
    // The basis moves whole, 5,505; 100/110 of it are left.
    let cost = tree(&lake, at_end(of("cost", "NEW"))).await;
    assert_has_formulas(&cost);
    assert_eq!(number(&cost).round_dp(6), exact("5004.545455"));
    assert_eq!(number(found(&cost, "MERGER (MRGR) of OLD")).round_dp(6), Decimal::from(5505));
    assert_eq!(place(found(&cost, "paid with fees and taxes: BUY 2")), booked_in(3));
    // 100 at 52.
    let value = tree(&lake, at_end(of("value", "NEW"))).await;
    assert_has_formulas(&value);
    assert_eq!(number(&value), Decimal::from(5200));
    assert_eq!(place(found(&value, "MERGER (MRGR) of OLD")), announced_in(2));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_spin_off_divides_the_cost_and_is_named_on_both_sides() {
    let lake = with_actions().await;
    // 55 PARENT give 13.75 CHILD; three quarters of a unit are paid in cash.
    let quantity = tree(&lake, at_end(of("quantity", "CHILD"))).await;
    assert_has_formulas(&quantity);
    assert_eq!(number(&quantity), Decimal::from(13));
    let spin_off = found(&quantity, "SPIN_OFF (SOFF) of PARENT, ex 2024-02-15: 1 CHILD for 4");
    assert_eq!(place(spin_off), announced_in(3));
    assert_eq!(number(found(spin_off, "closed by SPIN_OFF (SOFF)")), exact("-0.75"));
    assert_eq!(place(found(spin_off, "BUY 3 of 2024-02-01")), booked_in(4));
    // A fifth of 5,505 goes with them, 1,101; of that 13/13.75 are left.
    let cost = tree(&lake, at_end(of("cost", "CHILD"))).await;
    assert_has_formulas(&cost);
    assert_eq!(number(&cost).round_dp(6), exact("1040.945455"));
    assert_eq!(number(found(&cost, "share of the cost that goes")), exact("0.2"));
    // Four fifths stay.
    let parent = tree(&lake, at_end(of("cost", "PARENT"))).await;
    assert_has_formulas(&parent);
    assert_eq!(number(&parent), Decimal::from(4404));
    assert_eq!(number(found(&parent, "share of the cost that stays")), exact("0.8"));
    assert_eq!(place(found(&parent, "SPIN_OFF (SOFF) of PARENT")), announced_in(3));
    let units = tree(&lake, at_end(of("quantity", "PARENT"))).await;
    assert_has_formulas(&units);
    let note = units.children.first().and_then(|lot| lot.note.as_deref()).expect("a note");
    assert!(note.contains("its cost was divided by SPIN_OFF (SOFF) of PARENT, ex 2024-02-15"), "{note}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_split_is_a_step_with_its_code_and_line() {
    let lake = with_actions().await;
    // 55 · 3 / 2 = 82.5, and the half is paid in cash.
    let quantity = tree(&lake, at_end(of("quantity", "PARTS"))).await;
    assert_has_formulas(&quantity);
    let [lot] = quantity.children.as_slice() else { panic!("one lot") };
    let steps: Vec<Decimal> = lot.children.iter().map(number).collect();
    assert_eq!(steps, [exact("55"), exact("1.5"), exact("-0.5")]);
    let split = found(lot, "SPLIT (SPLF) of PARTS, ex 2024-02-15: 3 for 2");
    assert_eq!(place(split), announced_in(4));
    // 5,505 · 82 / 82.5.
    let cost = tree(&lake, at_end(of("cost", "PARTS"))).await;
    assert_has_formulas(&cost);
    assert_eq!(number(&cost).round_dp(6), exact("5471.636364"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cash_names_what_issuers_paid_and_adds_up() {
    let lake = with_actions().await;
    let cash = tree(&lake, at_end(of("cash_balance", "EUR"))).await;
    assert_has_formulas(&cash);
    // 100,000 − 3 · 5,505 − 900 − 1,000 + 85 − 12 + 520 and 989 from issuers.
    assert_eq!(number(&cash), Decimal::from(83_167));
    let paid = found(&cash, "paid by issuers");
    assert_eq!(number(paid), Decimal::from(989));
    // 10 · 95, 0.75 · 8 and 0.5 · 66. A merger for units and a dividend that the broker books pay nothing here.
    for (words, units, price, amount, line) in [
        ("MERGER (MRGR) of SOLD", "10", "95", "950", 5),
        ("SPIN_OFF (SOFF) of PARENT", "0.75", "8", "6", 3),
        ("SPLIT (SPLF) of PARTS", "0.5", "66", "33", 4),
    ] {
        let node = found(paid, words);
        assert_eq!((number(node), node.unit.name().as_str(), place(node)), (exact(amount), "EUR", announced_in(line)));
        let parts: Vec<(Decimal, String)> = node.children.iter().map(|part| (number(part), part.unit.name())).collect();
        let expected = [(exact(units), "units".to_owned()), (exact(price), "EUR per unit".to_owned())];
        assert_eq!(parts, expected, "{words}");
    }
    assert_eq!(paid.children.len(), 3, "{:?}", paid.children.iter().map(|part| &part.label).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_step_of_the_bridge_can_be_asked_for() {
    let lake = with_actions().await;
    // Realised, before charges: 950 − 900 of SOLD, 6 − 60 of the fraction of CHILD, 33 − 33.33 of that of PARTS, and
    // 520 − 500 of NEW.
    for (figure, expected, words) in [
        ("contributions", "100000", "DEPOSIT 1 of 2024-02-01"),
        ("dividends", "100", "DIVIDEND 7 of 2024-02-15"),
        ("tax_withholding", "-15", "DIVIDEND 7 of 2024-02-15"),
        ("taxes", "-15", "DIVIDEND 7 of 2024-02-15"),
        ("cash_dividends", "85", "DIVIDEND 7 of 2024-02-15"),
        ("fee_custody", "-12", "FEE_CUSTODY 8 of 2024-02-16"),
        ("fees", "-27", "BUY 3 of 2024-02-01"),
        ("realised_price_gain", "15.666667", "MERGER (MRGR) of SOLD, ex 2024-02-15: 95 EUR per unit"),
        ("bridge_realised_gains", "15.666667", "SPLIT (SPLF) of PARTS"),
        ("withdrawals", "0", "withdrawals"),
        ("corporate_actions", "0", "corporate actions"),
        ("transfers", "0", "transfers"),
        ("value_at_start", "0", "nothing was there before"),
    ] {
        let node = tree(&lake, at_end(question(figure))).await;
        assert_has_formulas(&node);
        assert_eq!(number(&node).round_dp(6), exact(expected), "{figure}");
        let labels: Vec<String> = every(&node).iter().map(|part| part.label.to_lowercase()).collect();
        assert!(labels.iter().any(|label| label.contains(&words.to_lowercase())), "{figure}: {labels:?}");
    }
    // The same with the charges that are inside the cost: 6 − 60.05, 33 − 33.36 and 520 − 500.45.
    let realised = tree(&lake, at_end(question("realised_gains"))).await;
    assert_follows(&realised);
    assert_eq!(number(&realised).round_dp(6), exact("15.127273"));
    assert_eq!(place(found(&realised, "MERGER (MRGR) of SOLD, ex 2024-02-15: 95 EUR per unit")), announced_in(5));
    // 100 · 52 + 55 · 80 + 13 · 85 + 82 · 66 + 100 · 9 in securities.
    let end = tree(&lake, at_end(question("value_at_end"))).await;
    assert_has_formulas(&end);
    assert_eq!(number(&end), Decimal::from(83_167 + 5_200 + 4_400 + 1_105 + 5_412 + 900));
    // NEW is worth 200 more than its 100/110 of 5,500, PARENT stays at 4,400, PARTS gained nothing, PAYER lost 100.
    let gains = tree(&lake, at_end(question("unrealised_price_gain"))).await;
    assert_follows(&gains);
    let at = found(&gains, "value less cost at the close of 2024-02-16");
    assert_eq!(at.rule, Rule::Sum, "by positions");
    for (name, gain) in [("NEW", "200"), ("PARENT", "0"), ("PAYER", "-100")] {
        assert_eq!(number(found(at, &format!("{name} ("))).round_dp(6), exact(gain), "{name}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn steps_are_the_rows_of_the_table_by_currency_in_every_period() {
    let lake = example().await;
    let rows: Vec<NavBridgeRow> = all(&lake).await;
    for (period, from) in
        [(ReportingPeriod::SinceInception, "2024-03-25"), (ReportingPeriod::MonthToDate, "2024-03-29")]
    {
        for component in BridgeComponent::ALL {
            if matches!(component, BridgeComponent::Unknown | BridgeComponent::Gap) {
                continue;
            }
            let node = tree(&lake, Question { period, ..question(component.code()) }).await;
            assert_follows(&node);
            let of_period = rows.iter().filter(|row| row.component == component && date(from) <= row.business_date);
            let of_period: Vec<&NavBridgeRow> = of_period.collect();
            let sum: Decimal = of_period.iter().filter_map(|row| row.amount_base).map(Amount::decimal).sum();
            assert_eq!(number(&node), sum, "{component}");
            let days: usize = node.children.iter().map(|currency| currency.children.len()).sum();
            assert_eq!(days, of_period.len(), "{component}");
        }
        let end = tree(&lake, Question { period, ..question("value_at_end") }).await;
        assert_follows(&end);
        assert_eq!(end.figure.printed(&end.unit), "9,870.65 EUR");
    }
    // The dollars of the sale, at the rate of its day.
    let sold = tree(&lake, question("realised_price_gain")).await;
    let sale = found(found(&sold, "in USD"), "SELL 8 of 2024-04-02");
    assert_eq!(sale.children.len(), 2, "amount and rate");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unknown_figure_lists_every_name() {
    let lake = example().await;
    let Err(error) = explain(&lake, question("divs")).await else { panic!("no such figure") };
    let error = error.to_string();
    let known = error.split("known: ").nth(1).expect("a list");
    let listed: Vec<&str> = known.split(", ").collect();
    assert_eq!(listed, known_figures().map(|(id, _)| id).collect::<Vec<&str>>());
    assert!(listed.contains(&"realised_currency_gain") && listed.contains(&"twr"), "{error}");
    let Err(error) = explain(&lake, of("dividends", "BRIT")).await else { panic!("of the whole portfolio") };
    assert!(error.to_string().contains("leave out --instrument"), "{error}");
    let known = tree(&lake, of("cash_dividends", "BRIT")).await;
    assert!(matches!(known.figure, Figure::Exact(_)));
}

/// 60 of 100 rights are exercised, two for a share at 12, and of 80 shares an optional dividend is taken in shares.
const CHOICES: &[(&str, &str)] = &[
    ("portfolio.json", r#"{"id":"EXAMPLE","base_currency":"EUR","start":"2024-02-01"}"#),
    ("instruments.csv", "symbol,name,currency\nRIGHT,Right,EUR\nSHARE,Share,EUR\nOPTION,Option,EUR\n"),
    (
        "prices.csv",
        "date,symbol,close,currency\n2024-02-01,RIGHT,2,EUR\n2024-02-01,SHARE,14,EUR\n2024-02-01,OPTION,20,EUR\n\
         2024-02-15,RIGHT,2,EUR\n2024-02-15,SHARE,15,EUR\n2024-02-15,OPTION,20,EUR\n",
    ),
    (
        "corporate_actions.csv",
        "date,symbol,type,ratio,amount,currency,target_symbol,basis_fraction,fraction_price,pay_date,note\n\
         2024-02-15,RIGHT,RIGHTS_EXERCISE,1:2,12,EUR,SHARE,,,,\n\
         2024-02-15,OPTION,OPTIONAL_DIVIDEND,1:40,0.5,EUR,,,,,\n",
    ),
    (
        "transactions.csv",
        "tx_id,date,type,symbol,quantity,price,currency,fees,taxes,net_cash\n\
         1,2024-02-01,DEPOSIT,,,,EUR,0,0,10000\n\
         2,2024-02-01,BUY,RIGHT,100,2,EUR,0,0,-200\n\
         3,2024-02-01,BUY,OPTION,100,20,EUR,0,0,-2000\n\
         4,2024-02-14,ELECT_EXERCISE,RIGHT,60,,EUR,,,\n\
         5,2024-02-14,ELECT_STOCK,OPTION,80,,EUR,,,\n",
    ),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_holders_chose_is_named_with_their_choice() {
    let lake = valued(CHOICES, ("2024-02-01", "2024-02-15"), &[]).await;
    let asked = |figure: &str, of_what: &str| Question { date: Some(date("2024-02-15")), ..of(figure, of_what) };
    // 60 rights become 30 shares. They had cost 120, and 30 · 12 are paid.
    let shares = tree(&lake, asked("quantity", "SHARE")).await;
    assert_has_formulas(&shares);
    assert_eq!(number(&shares), Decimal::from(30));
    let exercised = found(&shares, "RIGHTS_EXERCISE (EXRI) of RIGHT, ex 2024-02-15: 1 SHARE for 2 and 12 EUR per unit");
    assert_eq!(place(exercised), announced_in(2));
    assert_eq!(place(found(exercised, "BUY 2 of 2024-02-01")), booked_in(3));
    let cost = tree(&lake, asked("cost", "SHARE")).await;
    assert_has_formulas(&cost);
    assert_eq!(number(&cost).round_dp(6), Decimal::from(480));
    assert_eq!(number(found(&cost, "cost of what was given up")).round_dp(6), Decimal::from(120));
    // 80 · 0.5 buy two more.
    let option = tree(&lake, asked("quantity", "OPTION")).await;
    assert_has_formulas(&option);
    assert_eq!(number(&option), Decimal::from(102));
    assert_eq!(place(found(&option, "ELECT_STOCK 5 of 2024-02-14")), booked_in(6));
    let cost = tree(&lake, asked("cost", "OPTION")).await;
    assert_has_formulas(&cost);
    assert_eq!(number(&cost), Decimal::from(2_040));
    // 10,000 − 2,200 − 360: the dividend that was taken in units moves no cash.
    let cash = tree(&lake, asked("cash_balance", "EUR")).await;
    assert_has_formulas(&cash);
    assert_eq!(number(&cash), Decimal::from(7_440));
    assert_eq!(number(found(&cash, "RIGHTS_EXERCISE (EXRI) of RIGHT")), Decimal::from(-360));
}

/// Three purchases of a share of which two become one of the acquirer, with 12 in cash for each.
const REORGANISED: &[(&str, &str)] = &[
    ("portfolio.json", r#"{"id":"EXAMPLE","base_currency":"USD","start":"2024-02-01","cost_basis":"us_fifo"}"#),
    ("instruments.csv", "symbol,name,currency\nTGT,Target,USD\nACQ,Acquirer,USD\n"),
    (
        "prices.csv",
        "date,symbol,close,currency\n2024-02-01,TGT,40,USD\n2024-02-02,TGT,40,USD\n2024-02-05,TGT,40,USD\n\
         2024-02-15,ACQ,60,USD\n",
    ),
    (
        "corporate_actions.csv",
        "date,symbol,type,ratio,amount,currency,target_symbol,basis_fraction,fraction_price,pay_date,note\n\
         2024-02-15,TGT,MERGER,1:2,12,USD,ACQ,,60,,\n",
    ),
    (
        "transactions.csv",
        "tx_id,date,type,symbol,quantity,price,currency,fees,taxes,net_cash\n\
         1,2024-02-01,DEPOSIT,,,,USD,0,0,10000\n\
         2,2024-02-01,BUY,TGT,100,20,USD,0,0,-2000\n\
         3,2024-02-02,BUY,TGT,51,39,USD,0,0,-1989\n\
         4,2024-02-05,BUY,TGT,30,50,USD,0,0,-1500\n",
    ),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cash_beside_units_is_explained_by_the_gain_that_the_law_recognises() {
    let lake = valued(REORGANISED, ("2024-02-01", "2024-02-15"), &[]).await;
    let cost = tree(&lake, Question { date: Some(date("2024-02-15")), ..of("cost", "ACQ") }).await;
    assert_has_formulas(&cost);
    // A unit brings half of 60 and 12, so 42. 26 USC 356: the gain is recognised up to the cash, a loss is not.
    // 100 for 2,000 gain 2,200, of which 1,200 are recognised: 2,000, less the 0.5 of 50 that is paid in cash.
    // 51 for 1,989 gain 153, all of it recognised: 1,989 − 612 + 153. 30 for 1,500 lose: 1,500 − 360.
    for (lot, of_lot, cash, gain) in [
        ("lot of 2024-02-01, opened by 2", "1980", "-1200", "1200"),
        ("lot of 2024-02-02, opened by 3", "1530", "-612", "153"),
        ("lot of 2024-02-05, opened by 4", "1140", "-360", "0"),
    ] {
        let lot = found(&cost, lot);
        assert_eq!(number(lot).round_dp(6), exact(of_lot));
        if of_lot != "1980" {
            assert_eq!(number(found(lot, "less the cash")), exact(cash));
            assert_eq!(number(found(lot, "gain that was recognised")), exact(gain));
        }
        let shares = every(lot).into_iter().filter(|part| part.label.starts_with("share of the cost"));
        assert_eq!(shares.count(), 0, "what both are worth divides nothing here");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn units_of_a_merger_that_covered_a_short_are_named() {
    let files: Vec<(&str, &str)> = REORGANISED
        .iter()
        .map(|(name, text)| match *name {
            "portfolio.json" => (*name, r#"{"id":"EXAMPLE","base_currency":"USD","start":"2024-02-01"}"#),
            "prices.csv" => (
                *name,
                "date,symbol,close,currency\n2024-02-01,TGT,20,USD\n2024-02-01,ACQ,47,USD\n2024-02-15,ACQ,47,USD\n",
            ),
            "corporate_actions.csv" => (
                *name,
                "date,symbol,type,ratio,amount,currency,target_symbol,basis_fraction,fraction_price,pay_date,note\n\
                 2024-02-15,TGT,MERGER,1:3,4,USD,ACQ,,47,,\n",
            ),
            "transactions.csv" => (
                *name,
                "tx_id,date,type,symbol,quantity,price,currency,fees,taxes,net_cash\n\
                 1,2024-02-01,DEPOSIT,,,,USD,0,0,10000\n\
                 2,2024-02-01,BUY,TGT,200,20.9,USD,0,0,-4180\n\
                 3,2024-02-01,SELL,ACQ,60,47,USD,0,0,2820\n",
            ),
            _ => (*name, *text),
        })
        .collect();
    let lake = valued(&files, ("2024-02-01", "2024-02-15"), &[]).await;
    let asked = |figure: &str| Question { date: Some(date("2024-02-15")), ..of(figure, "ACQ") };
    // 200 / 3 come, 60 of them cover the short, and the fraction is paid.
    let quantity = tree(&lake, asked("quantity")).await;
    assert_has_formulas(&quantity);
    assert_eq!(number(&quantity).round_dp(6), Decimal::from(6));
    assert_eq!(number(found(&quantity, "of these, covered a short")).round_dp(6), Decimal::from(-60));
    // Three units bring one worth 47 and 12 in cash: 4,180 · 47/59 · 6 / (200/3).
    let cost = tree(&lake, asked("cost")).await;
    assert_has_formulas(&cost);
    assert_eq!(number(&cost).round_dp(6), exact("299.684746"));
    assert_eq!(number(found(&cost, "share of the units")).round_dp(6), exact("0.09"));
}
