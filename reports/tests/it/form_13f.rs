//! The information table of Form 13F.

use proptest::prelude::*;
use reports::Error;
use reports::regulatory::form_13f::{
    AmountKind, Discretion, Holding, PutCall, VotingAuthority, information_table, write_information_table,
};
use rust_decimal::Decimal;

fn holding(issuer: &str, cusip: &str, value: &str, shares: u64) -> Holding {
    Holding {
        issuer_name: Some(issuer.to_owned()),
        class_title: Some("COM".to_owned()),
        cusip: Some(cusip.to_owned()),
        figi: None,
        value_usd: Some(value.parse().expect("a value")),
        amount: Some(shares),
        amount_kind: Some(AmountKind::Shares),
        put_call: None,
        discretion: Some(Discretion::Sole),
        other_managers: Vec::new(),
        voting: Some(VotingAuthority { sole: shares, shared: 0, none: 0 }),
    }
}

/// AT&T held twice (100.30 + 200.30 = 300.60, so 301, not 100 + 200), Apple with others, calls on Microsoft.
fn holdings() -> Vec<Holding> {
    let apple = Holding {
        figi: Some("BBG001S5N8V8".to_owned()),
        discretion: Some(Discretion::Defined),
        other_managers: vec![2, 1],
        voting: Some(VotingAuthority { sole: 0, shared: 40, none: 10 }),
        ..holding("APPLE INC", "037833100", "5519.50", 50)
    };
    let calls = Holding {
        put_call: Some(PutCall::Call),
        voting: Some(VotingAuthority { sole: 0, shared: 0, none: 0 }),
        ..holding("MICROSOFT CORP", "594918104", "4645", 100)
    };
    vec![holding("AT&T INC", "00206R102", "100.30", 3), calls, apple, holding(" AT&T  INC", "00206r102", "200.30", 6)]
}

#[test]
fn the_file_is_the_one_worked_out() {
    let (file, totals) = information_table(&holdings()).expect("a table");
    let expected = include_str!("../cases/form_13f/three_rows/expected.xml");
    assert_eq!(std::str::from_utf8(&file).expect("UTF-8"), expected);
    assert_eq!((totals.entry_total, totals.value_total), (3, 5520 + 301 + 4645));
    assert_eq!(totals.warnings, Vec::<String>::new());
}

#[test]
fn the_order_of_the_holdings_does_not_matter() {
    let mut backwards = holdings();
    backwards.reverse();
    let written = |holdings: &[Holding]| {
        let mut file = Vec::new();
        let totals = write_information_table(holdings, &mut file).expect("a table");
        (file, totals)
    };
    assert_eq!(written(&holdings()), written(&backwards));
}

#[test]
fn a_holding_that_lacks_a_value_is_refused_by_name() {
    type Removal = fn(&mut Holding);
    let removals: [(&str, Removal); 8] = [
        ("nameOfIssuer", |holding| holding.issuer_name = Some("  ".to_owned())),
        ("titleOfClass", |holding| holding.class_title = None),
        ("cusip", |holding| holding.cusip = None),
        ("value", |holding| holding.value_usd = None),
        ("sshPrnamt", |holding| holding.amount = None),
        ("sshPrnamtType", |holding| holding.amount_kind = None),
        ("investmentDiscretion", |holding| holding.discretion = None),
        ("votingAuthority", |holding| holding.voting = None),
    ];
    for (name, remove) in removals {
        let mut holdings = holdings();
        remove(&mut holdings[2]);
        let error = information_table(&holdings).expect_err(name);
        assert!(matches!(error, Error::Row { row: 3, field, .. } if field == name), "{name}: {error}");
        assert!(error.to_string().contains("is missing"), "{error}");
    }
}

#[test]
fn values_that_the_schema_refuses_are_refused() {
    type Change = fn(&mut Holding);
    let changes: [(&str, Change); 9] = [
        ("nameOfIssuer", |holding| holding.issuer_name = Some("NESTLÉ SA".to_owned())),
        ("nameOfIssuer", |holding| holding.issuer_name = Some("X".repeat(151))),
        ("cusip", |holding| holding.cusip = Some("037833101".to_owned())),
        ("cusip", |holding| holding.cusip = Some("0378331*0".to_owned())),
        ("figi", |holding| holding.figi = Some("BBG".to_owned())),
        ("value", |holding| holding.value_usd = Some(Decimal::from(-1))),
        ("value", |holding| holding.value_usd = Some(Decimal::from(10_000_000_000_000_000_u64))),
        ("sshPrnamt", |holding| holding.amount = Some(10_000_000_000_000_000)),
        ("otherManager", |holding| holding.other_managers = vec![1000]),
    ];
    for (name, change) in changes {
        let mut holdings = holdings();
        change(&mut holdings[1]);
        let error = information_table(&holdings).expect_err(name);
        assert!(matches!(error, Error::Row { row: 2, field, .. } if field == name), "{name}: {error}");
    }
    assert!(matches!(information_table(&[]), Err(Error::Form { .. })));
}

#[test]
fn what_is_odd_is_said() {
    let mut holdings = holdings();
    holdings[0].voting = Some(VotingAuthority { sole: 1, shared: 0, none: 0 });
    holdings[3].issuer_name = Some("A T & T INC".to_owned());
    let (_, totals) = information_table(&holdings).expect("a table");
    assert_eq!(totals.entry_total, 4);
    assert_eq!(
        totals.warnings,
        [
            "00206R102: one security stands in two rows because its names differ",
            "00206R102: sole, shared and no votes do not add up to 3",
        ]
    );
}

proptest! {
    #[test]
    fn the_total_is_the_sum_of_the_rows(cents in prop::collection::vec(0_i64..1_000_000_000, 1..20)) {
        // One CUSIP, but a discretion shared with another manager each: every holding is a row of its own.
        let shared = |(number, cents): (u16, &i64)| Holding {
            value_usd: Some(Decimal::new(*cents, 2)),
            discretion: Some(Discretion::Other),
            other_managers: vec![number],
            ..holding("APPLE INC", "037833100", "0", 1)
        };
        let holdings: Vec<Holding> = (1_u16..).zip(&cents).map(shared).collect();
        let (file, totals) = information_table(&holdings).expect("a table");
        let text = String::from_utf8(file.to_vec()).expect("UTF-8");
        let values = text.lines().filter_map(|line| line.trim().strip_prefix("<value>")?.strip_suffix("</value>"));
        let values: Vec<u64> = values.map(|value| value.parse().expect("whole dollars")).collect();
        prop_assert_eq!(totals.entry_total, cents.len());
        prop_assert_eq!(values.len(), cents.len());
        prop_assert_eq!(totals.value_total, values.iter().sum::<u64>());
    }
}
