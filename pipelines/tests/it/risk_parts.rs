//! The risk of a portfolio in parts when somebody asks: by hand, and what the night says of the same positions.

use lake::Lake;
use pipelines::AgeLimits;
use pipelines::rollups::risk::on_request::{RiskParts, risk_parts};
use pipelines::rollups::risk::over_days::over_days;
use rust_decimal::Decimal;
use schemas::tables::classifications::Classification;
use schemas::tables::factor_returns::FactorReturn;
use schemas::{BusinessDate, Currency, InstrumentId, Rate};

use crate::risk::{MIXED, days, lake_with, parts_of, risk_of, rolled_up, sixty_days, twenty_scenarios};
use crate::samples::{fill, portfolio, quote};

/// Figures of a few operations in `f64` agree to this many parts of one.
const TOLERANCE: f64 = 1e-12;

async fn asked(lake: &Lake, id: &str, on: BusinessDate, without: Option<&InstrumentId>) -> RiskParts {
    risk_parts(lake, &portfolio(id), on, AgeLimits::UNLIMITED, without).await.expect("readable")
}

#[track_caller]
fn assert_close(found: f64, expected: f64) {
    assert!((found - expected).abs() <= TOLERANCE * (1.0 + expected.abs()), "{found} instead of {expected}");
}

fn classified(symbol: &str, taxonomy: &str, node: &str, weight: &str) -> Classification {
    Classification {
        market_id: "M1".parse().expect("an id"),
        instrument_id: format!("M1~{symbol}").parse().expect("an id"),
        taxonomy: taxonomy.to_owned(),
        node: node.to_owned(),
        weight: weight.parse().expect("a number"),
        landing_sha256: String::new(),
        line: 2,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn twenty_scenarios_without_the_dollars() {
    let lake = twenty_scenarios().await;
    let dollars = InstrumentId::cash(Currency::USD);
    let found = asked(&lake, "P1", days(21)[20], Some(&dollars)).await;
    assert_eq!(found.scenario_count, 20);
    // The worst day is the one on which the dollar falls by 21.875 %: 500 of them lose 109.375, the others nothing.
    let tails = found.tails.clone().expect("figures");
    assert_close(tails[1].expected_shortfall, 109.375);
    let [euros, held, shares] = found.positions.as_slice() else { panic!("three positions: {found:?}") };
    assert_eq!((held.instrument_id.clone(), held.currency, held.value), (dollars, Some(Currency::USD), Some(500.0)));
    let risk = held.risk.clone().expect("known");
    assert_close(risk.contribution, 109.375);
    assert_close(risk.marginal, 0.21875);
    assert_close(risk.currency_contribution, 109.375);
    // Without them the worst day is the one on which the shares lose a tenth of 1,000, the next one 6 %.
    let more = held.incremental.expect("one of three");
    assert_close(more[1].expected_shortfall, 9.375);
    assert_close(more[0].value_at_risk, tails[0].value_at_risk - (100.0 - 0.95 * 40.0));
    // Without the shares nothing else happens: a loss of 109.375 on one of twenty days, and none on the others.
    let more = shares.incremental.expect("one of three");
    assert_close(more[1].expected_shortfall, 0.0);
    assert_close(more[0].value_at_risk, tails[0].value_at_risk - 0.05 * 109.375);
    assert_close(euros.risk.clone().expect("known").marginal, 0.0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_asked_for_is_what_the_night_keeps_and_groups_add_up_to_it() {
    let (days, facts, rates) = sixty_days();
    let lake = lake_with(&MIXED, &days[59..], &facts, &rates).await;
    let rows = [
        classified("AAA", "sector", "Energy", "0.25"),
        classified("AAA", "sector", "Health", "0.6"),
        classified("USD1", "sector", "Health", "1"),
        classified("USD1", "country", "US", "1"),
        // Of another market.
        Classification { market_id: "M2".parse().expect("an id"), ..classified("AAA", "style", "Value", "1") },
    ];
    fill(&lake, &rows).await;
    rolled_up(&lake, days[59], days[59]).await;
    for id in ["P1", "P2"] {
        let found = asked(&lake, id, days[59], None).await;
        let tails = found.tails.expect("figures");
        for (row, tail) in risk_of(&lake, id).await.into_iter().zip(tails) {
            let kept = (row.value_at_risk, row.expected_shortfall);
            assert_eq!(kept, (Some(tail.value_at_risk), Some(tail.expected_shortfall)), "{id} to the last bit");
        }
        let risks = found.positions.iter().map(|held| (held, held.risk.clone().expect("known")));
        let parts = parts_of(&lake, id).await;
        assert_eq!(parts.len(), risks.clone().count());
        for ((name, part, _), (held, risk)) in parts.into_iter().zip(risks.clone()) {
            assert_eq!((name.as_str(), part), (held.instrument_id.as_str(), Some(risk.contribution)), "{id}");
            assert_close(risk.marginal * held.value.expect("known"), risk.contribution);
            if held.currency == Some(Currency::EUR) {
                assert_close(risk.currency_contribution, 0.0);
            }
            // Cash has no price: all of it is the rate.
            if held.instrument_id.is_cash() {
                assert_close(risk.currency_contribution, risk.contribution);
            }
        }
        let whole = tails[1].expected_shortfall;
        let rates_part: f64 = risks.map(|(_, risk)| risk.currency_contribution).sum();
        for taxonomy in ["asset_class", "country", "currency", "sector"] {
            let nodes = found.groups.iter().filter(|group| group.taxonomy == taxonomy);
            assert_close(nodes.clone().map(|group| group.contribution).sum(), whole);
            assert_close(nodes.map(|group| group.currency_contribution).sum(), rates_part);
        }
        assert!(found.groups.iter().all(|group| group.taxonomy != "style"), "{:?}", found.groups);
    }
    // 15 % of AAA are in no sector.
    let found = asked(&lake, "P2", days[59], None).await;
    let share = found.positions.iter().find(|held| held.instrument_id.symbol() == "AAA").expect("held");
    let of = |node: &str| {
        let mut nodes = found.groups.iter().filter(|group| group.taxonomy == "sector" && group.node == node);
        nodes.next().expect("a node").contribution
    };
    let contribution = share.risk.clone().expect("known").contribution;
    assert_close(of("unclassified"), 0.15 * contribution);
    assert_close(of("Energy"), 0.25 * contribution);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn parts_of_the_value_at_risk_add_up_and_a_day_of_several_is_that_of_the_night() {
    let (days, facts, rates) = sixty_days();
    let lake = lake_with(&MIXED, &days[59..], &facts, &rates).await;
    for id in ["P1", "P2"] {
        let found = asked(&lake, id, days[59], None).await;
        let tails = found.tails.clone().expect("figures");
        let risks: Vec<_> = found.positions.iter().map(|held| (held, held.risk.clone().expect("known"))).collect();
        for (place, tail) in tails.iter().enumerate() {
            let parts = risks.iter().map(|(_, risk)| risk.value_at_risk[place].expect("a loss"));
            assert_near(parts.clone().map(|part| part.contribution).sum(), tail.value_at_risk);
            let values = risks.iter().map(|(held, _)| held.value.expect("known"));
            assert_near(parts.zip(values).map(|(part, value)| part.marginal * value).sum(), tail.value_at_risk);
        }
        let of_currencies = found.groups.iter().filter(|group| group.taxonomy == "currency");
        assert_near(of_currencies.map(|group| group.value_at_risk.expect("a loss")).sum(), tails[2].value_at_risk);
        let of_a_day = over_days(&found, 1).expect("figures");
        let historical = of_a_day.methods.iter().find(|method| method.id == "historical").expect("listed");
        for (tail, other) in tails.iter().zip(&historical.tails) {
            let other = other.clone().expect("figures");
            assert_near(other.value_at_risk, tail.value_at_risk);
            assert_near(other.expected_shortfall, tail.expected_shortfall);
        }
        // Fifty-nine scenarios hold 58 runs of two.
        let of_two = over_days(&found, 2).expect("figures");
        assert_eq!((of_a_day.runs, of_two.runs), (59, 58));
    }
    let none = asked(&lake, "P9", days[59], None).await;
    assert_eq!(over_days(&none, 10), Err("there is no position".to_owned()));
}

#[track_caller]
fn assert_near(found: f64, expected: f64) {
    assert!((found - expected).abs() <= 1e-9 * (1.0 + expected.abs()), "{found} instead of {expected}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_left_out_or_unknown_says_why() {
    let lake = twenty_scenarios().await;
    let last = days(21)[20];
    let found = asked(&lake, "P2", last, None).await;
    let reason = found.positions[1].risk.clone().expect_err("NEW has no history");
    assert!(reason.starts_with("it has no return on 2014-01-07"), "{reason}");
    assert_close(found.positions[0].risk.clone().expect("known").contribution, 96.0);
    assert_eq!(found.positions[1].incremental, None);
    let found = asked(&lake, "P4", last, None).await;
    assert_eq!(found.tails, Err("M1~AAA has no value in the base currency".to_owned()));
    assert!(found.groups.is_empty());
    let found = asked(&lake, "P8", last, None).await;
    assert_eq!(found.tails, Err(format!("P8 was not valued on {last}")));
}

/// What a factor returned on a day, in hundredths.
fn factor(set: &str, factor: &str, on: BusinessDate, hundredths: i64, line: i64) -> FactorReturn {
    FactorReturn {
        factor_source: "M1".parse().expect("an id"),
        factor_set: set.to_owned(),
        factor: factor.to_owned(),
        return_date: on,
        return_fraction: Rate::new(Decimal::new(hundredths, 2)),
        landing_sha256: String::new(),
        line,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_factors_add_is_told_for_each_set_and_adds_up() {
    // From 100 to 80, 100, 125 and back: a fifth down, a quarter up, a quarter up, a fifth down. The market does the
    // same, and rests on the fourth day, so that neither the scenario to it nor the one from it can be compared.
    let days = days(101);
    let closes = ["100", "80", "100", "125"];
    let moved = [-20, -20, 25, 25];
    let on = |place: usize| days[place].to_string();
    let facts: Vec<_> = (0..101).map(|place| quote("M1~AAA", &on(place), closes[place % 4])).collect();
    let lake = lake_with(&[("P1", "M1~AAA", Some("1000"))], &days[100..], &facts, &[]).await;
    let mut rows: Vec<FactorReturn> = Vec::new();
    for place in (0..101).filter(|place| *place != 4) {
        let line = i64::try_from(place).expect("a line") * 2;
        rows.push(factor("ff2", "mkt_rf", days[place], moved[place % 4], line));
        rows.push(factor("ff2", "calm", days[place], 0, line + 1));
    }
    rows.push(factor("other", "mom", days[1], 7, 1));
    fill(&lake, &rows).await;
    let found = asked(&lake, "P1", days[100], None).await;
    let [two, other] = found.by_factor.as_slice() else { panic!("two sets: {found:?}") };
    // 100 · 0.025 = 2.5 scenarios lose 200 each: those to the first and to the fourth day, and half of the next one.
    let parts = two.found.clone().expect("known");
    assert_close(found.tails.expect("figures")[1].expected_shortfall, 200.0);
    assert_close(parts.expected_shortfall, 200.0);
    let ids: Vec<&str> = parts.factors.iter().map(|factor| factor.id.as_str()).collect();
    assert_eq!((two.set.as_str(), ids, parts.compared_count), ("ff2", vec!["mkt_rf", "calm"], 98));
    assert!((parts.factors[0].contribution - 200.0 / 2.5).abs() < 1e-9, "{parts:?}");
    assert!((parts.factors[0].loading.expect("it moves").value - 1000.0).abs() < 1e-9, "{parts:?}");
    assert_eq!((parts.factors[1].contribution, parts.factors[1].loading), (0.0, None));
    assert!(parts.specific.abs() < 1e-9, "{parts:?}");
    assert_close(parts.not_compared, (200.0 + 100.0) / 2.5);
    let reason = "0 of 100 scenarios have returns of the factors; 60 are needed";
    assert_eq!((other.set.as_str(), other.found.clone()), ("other", Err(reason.to_owned())));
    // A market without factors has no set, and nothing is said of them.
    assert!(asked(&twenty_scenarios().await, "P1", crate::risk::days(21)[20], None).await.by_factor.is_empty());
}
