//! What holds for every kind of corporate action, and what their tests are written with.

use std::collections::BTreeSet;

use proptest::prelude::*;
use rust_decimal::Decimal;
use schemas::Currency;
use schemas::tables::corporate_actions::CorporateAction;
use schemas::tables::fx_rates::FxRate;

use super::*;
use crate::apportion::take_alike;
use crate::basis::Basis;
use crate::conversion::FxBoard;
use crate::lots::{Lot, METHODS, TaxLaw, fifo};

const PAGE: &str = include_str!("../../../../docs/CORPORATE_ACTIONS.md");

/// An announcement about the instrument ABC.
pub(super) struct Announced(CorporateAction);

pub(super) fn announced(kind: &str, ex_date: &str) -> Announced {
    Announced(CorporateAction {
        market_id: "M".parse().expect("an id"),
        instrument_id: "M~ABC".parse().expect("an id"),
        ex_date: ex_date.parse().expect("a date"),
        kind: kind.to_owned(),
        ratio_new: None,
        ratio_old: None,
        target_instrument_id: None,
        amount: None,
        basis_fraction: None,
        fraction_price: None,
        pay_date: None,
        currency: None,
        landing_sha256: String::new(),
        line: 2,
    })
}

impl Announced {
    pub(super) fn ratio(mut self, text: &str) -> Announced {
        let (new, old) = parse_ratio(text).expect("a ratio");
        (self.0.ratio_new, self.0.ratio_old) = (Some(new), Some(old));
        self
    }

    pub(super) fn target(mut self, symbol: &str) -> Announced {
        self.0.target_instrument_id = Some(format!("M~{symbol}").parse().expect("an id"));
        self
    }

    pub(super) fn amount(mut self, amount: &str) -> Announced {
        (self.0.amount, self.0.currency) = (Some(amount.parse().expect("a number")), Some(Currency::USD));
        self
    }

    pub(super) fn fraction_price(mut self, price: &str) -> Announced {
        (self.0.fraction_price, self.0.currency) = (Some(price.parse().expect("a number")), Some(Currency::USD));
        self
    }

    pub(super) fn basis_fraction(mut self, fraction: &str) -> Announced {
        self.0.basis_fraction = Some(fraction.parse().expect("a number"));
        self
    }

    pub(super) fn paid(mut self, date: &str) -> Announced {
        self.0.pay_date = Some(date.parse().expect("a date"));
        self
    }

    pub(super) fn build(self) -> CorporateAction {
        self.0
    }
}

/// Terms where everything is in dollars.
pub(super) fn terms(action: &CorporateAction) -> Terms<'_> {
    let dollars = Currencies { instrument: Currency::USD, target: Some(Currency::USD), base: Currency::USD };
    Terms::new(action, dollars, &FxBoard::default(), &fifo::METHOD)
}

/// A position whose holder chose nothing.
pub(super) fn only(lots: &[Lot]) -> Position<'_> {
    Position { lots, elected: None }
}

/// A position whose holder made a choice for some units.
pub(super) fn electing<'a>(lots: &'a [Lot], units: &str) -> Position<'a> {
    Position { lots, elected: Some(units.parse().expect("a number")) }
}

/// A lot that cost the same in both currencies.
pub(super) fn lot(units: &str, cost: &str) -> Lot {
    let cost = Some(cost.parse().expect("a number"));
    Lot {
        opened_by: "1".into(),
        opened_date: "2010-01-04".parse().expect("a date"),
        acquired_date: "2010-01-04".parse().expect("a date"),
        quantity: units.parse().expect("a number"),
        basis: Basis::without_charges(cost, cost),
        is_replacement: false,
    }
}

/// What some of a lot's units cost.
pub(super) fn cost_of(lot: &Lot, units: Decimal) -> Decimal {
    lot.basis.local.expect("known") * units / lot.quantity
}

/// A number in units of its 28th decimal, so that sums in tests are exact.
pub(super) fn exact(amount: Decimal) -> i128 {
    amount.mantissa() * 10_i128.pow(28 - amount.scale())
}

#[test]
fn codes_are_unique_and_every_file_is_in_the_list() {
    let listed: BTreeSet<String> = KINDS.iter().map(|kind| format!("{}.rs", kind.code.to_lowercase())).collect();
    assert_eq!(listed.len(), KINDS.len());
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/corporate_actions");
    let files = std::fs::read_dir(folder).expect("the folder is there");
    let on_disk: BTreeSet<String> = files
        .map(|file| file.expect("readable").file_name().to_string_lossy().into_owned())
        .filter(|name| name != "tests.rs")
        .collect();
    assert_eq!(on_disk, listed);
}

#[test]
fn the_page_describes_every_kind_with_its_codes_and_columns() {
    let words = |need: Need| match need {
        Need::Required => "yes",
        Need::RequiredOrZero => "yes, can be 0",
        Need::OneOf => "one of",
        Need::Optional => "may",
        Need::OptionalOrZero => "may, can be 0",
        Need::Unused => "–",
    };
    for kind in KINDS {
        let iso = match kind.iso_20022_detail {
            None => kind.iso_20022.to_owned(),
            Some(detail) => format!("{} ({detail})", kind.iso_20022),
        };
        let needs = [
            kind.needs.ratio,
            kind.needs.target,
            kind.needs.amount,
            kind.needs.basis_fraction,
            kind.needs.fraction_price,
        ];
        let cells: Vec<&str> = needs.into_iter().map(words).collect();
        let row = format!("| `{}` | {iso} | {} |", kind.code, cells.join(" | "));
        assert!(PAGE.contains(&row), "docs/CORPORATE_ACTIONS.md lacks the row\n{row}");
        let heading = format!("\n### {}\n", kind.code);
        assert_eq!(PAGE.matches(&heading).count(), 1, "docs/CORPORATE_ACTIONS.md describes {} once", kind.code);
    }
}

#[test]
fn an_unknown_kind_is_refused_and_the_known_ones_are_listed() {
    let action = announced("MEETING", "2014-06-09").build();
    let fault = validate(&action).expect_err("no such kind");
    assert_eq!(fault.column, "type");
    assert!(fault.reason.starts_with("unknown corporate action `MEETING`; known: CASH_DIVIDEND, SPECIAL_DIVIDEND"));
    assert!(matches!(on_holding(&terms(&action), &only(&[])), Err(ActionError::UnknownKind { .. })));
    assert_eq!((unit_ratio(&action), order_of("MEETING")), (None, KINDS.len()));
}

#[test]
fn columns_are_checked_one_by_one() {
    let column = |action| validate(&action).err().map(|fault| fault.column);
    assert_eq!(column(announced("SPLIT", "2014-06-09").build()), Some("ratio"));
    assert_eq!(column(announced("SPLIT", "2014-06-09").ratio("7").amount("1").build()), Some("amount"));
    assert_eq!(column(announced("SPLIT", "2014-06-09").ratio("7").target("X").build()), Some("target_symbol"));
    assert_eq!(column(announced("SPLIT", "2014-06-09").ratio("7").fraction_price("0").build()), Some("fraction_price"));
    assert_eq!(column(announced("CASH_DIVIDEND", "2014-06-09").amount("0").build()), Some("amount"));
    assert_eq!(column(announced("LIQUIDATION", "2014-06-09").amount("0").build()), None);
    assert_eq!(column(announced("CHANGE", "2014-06-09").target("ABC").build()), Some("target_symbol"));
    let spin_off = || announced("SPIN_OFF", "2014-06-09").ratio("1:4").target("X");
    assert_eq!(column(spin_off().basis_fraction("23.48").build()), Some("basis_fraction"));
    assert_eq!(column(spin_off().basis_fraction("0.2348").build()), None);
    let without_currency = CorporateAction { currency: None, ..spin_off().fraction_price("10").build() };
    assert_eq!(column(without_currency), Some("currency"));
    let half = CorporateAction { ratio_old: None, ..spin_off().build() };
    assert_eq!(column(half), Some("ratio"));
    let negative = CorporateAction { ratio_old: Some(-4), ..spin_off().build() };
    assert_eq!(column(negative), Some("ratio"));
    assert_eq!(column(announced("PARTIAL_CALL", "2014-06-09").ratio("5:4").amount("1").build()), Some("ratio"));
}

#[test]
fn only_kinds_that_change_the_number_of_units_carry_prices() {
    let factor = |kind: &str, ratio: &str| unit_ratio(&announced(kind, "2014-06-09").ratio(ratio).build());
    assert_eq!(factor("SPLIT", "7"), Some((7, 1)));
    assert_eq!(factor("REVERSE_SPLIT", "1:10"), Some((1, 10)));
    assert_eq!(factor("BONUS", "1:10"), Some((11, 10)));
    assert_eq!(factor("STOCK_DIVIDEND", "0.05"), Some((21, 20)));
    assert_eq!(factor("OPTIONAL_DIVIDEND", "1:40"), None);
    for kind in ["SPIN_OFF", "MERGER", "PARTIAL_CALL", "RIGHTS_ISSUE", "CHANGE", "CONVERSION"] {
        assert_eq!(factor(kind, "1:4"), None, "{kind}");
    }
}

#[test]
fn a_holder_without_units_is_not_touched() {
    for kind in KINDS {
        let action = complete(kind, (1, 4), "2", "0.25");
        assert_eq!(on_holding(&terms(&action), &only(&[])), Ok(Outcome::default()), "{}", kind.code);
    }
}

#[test]
fn amounts_in_three_currencies_are_converted_at_the_rates_of_the_day() {
    // A pound share, euro books, and a dollar company spun off with half of the basis; a half share is paid in
    // dollars. 1 EUR = 0.80 GBP = 1.20 USD, so 1 GBP = 1.50 USD.
    let rate = |currency: &str, units: &str| FxRate {
        fx_source: "ecb_reference_rates".parse().expect("an id"),
        currency: currency.parse().expect("a currency"),
        rate_date: "2014-06-09".parse().expect("a date"),
        units_per_eur: units.parse().expect("a number"),
        landing_sha256: String::new(),
        line: 2,
    };
    let fx = FxBoard::new(&[rate("GBP", "0.80"), rate("USD", "1.20")]);
    let currencies = Currencies { instrument: Currency::GBP, target: Some(Currency::USD), base: Currency::EUR };
    let spin_off = announced("SPIN_OFF", "2014-06-09").ratio("1:2").target("X").basis_fraction("0.5");
    let action = spin_off.fraction_price("12").build();
    let lots = [lot("25", "1000")];
    let outcome = on_holding(&Terms::new(&action, currencies, &fx, &fifo::METHOD), &only(&lots)).expect("valid");
    let received = &outcome.into[0].lots[0];
    let whole = |amount: i64| Some(Decimal::from(amount));
    assert_eq!((received.basis.local, received.basis.base), (whole(750), whole(500)));
    let fraction = outcome.fraction_in_lieu.expect("12.5 is not whole");
    assert_eq!((fraction.proceeds.local, fraction.proceeds.base), (whole(6), whole(5)));
    assert_eq!((outcome.cash[0].currency, outcome.cash[0].amount), (Currency::USD, Decimal::from(6)));
    // Without rates units and cash are the same, and what cannot be known is none.
    let unrated = Terms::new(&action, currencies, &FxBoard::default(), &fifo::METHOD);
    let outcome = on_holding(&unrated, &only(&lots)).expect("valid");
    let received = &outcome.into[0].lots[0];
    assert_eq!(
        (received.quantity, received.basis.local, received.basis.base),
        (Decimal::new(125, 1), None, whole(500))
    );
    assert_eq!(outcome.fraction_in_lieu.map(|fraction| fraction.proceeds.base), Some(None));
    assert_eq!(outcome.cash[0].amount, Decimal::from(6));
}

/// An announcement of a kind with everything it may say.
fn complete(kind: &CorporateActionKind, ratio: (i64, i64), amount: &str, fraction: &str) -> CorporateAction {
    let uses = |need: Need| need != Need::Unused;
    let mut action = announced(kind.code, "2014-06-09");
    if uses(kind.needs.ratio) {
        action = action.ratio(&format!("{}:{}", ratio.0, ratio.1));
    }
    if uses(kind.needs.target) {
        action = action.target("NEW");
    }
    if uses(kind.needs.amount) {
        action = action.amount(amount);
    }
    if uses(kind.needs.basis_fraction) {
        action = action.basis_fraction(fraction);
    }
    if uses(kind.needs.fraction_price) {
        action = action.fraction_price("31.7");
    }
    action.build()
}

/// What an announcement of a kind can say: everything, and where units or cash are enough, only one of them.
fn every_form(kind: &CorporateActionKind, ratio: (i64, i64), amount: &str, fraction: &str) -> Vec<CorporateAction> {
    let whole = complete(kind, ratio, amount, fraction);
    if kind.needs.amount != Need::OneOf {
        return vec![whole];
    }
    let for_units = CorporateAction { amount: None, basis_fraction: None, ..whole.clone() };
    let part = (kind.needs.ratio != Need::OneOf).then_some((ratio.0.min(ratio.1), ratio.0.max(ratio.1)));
    let for_cash = CorporateAction {
        ratio_new: part.map(|(less, _)| less),
        ratio_old: part.map(|(_, more)| more),
        target_instrument_id: None,
        basis_fraction: None,
        fraction_price: None,
        ..whole.clone()
    };
    vec![whole, for_units, for_cash]
}

/// What a position is after an outcome, as another hand would book it.
#[derive(Default)]
struct Booked {
    kept: Vec<Lot>,
    received: Vec<Lot>,
    closed_units: i128,
    closed: Vec<Basis>,
}

fn book(outcome: &Outcome, lots: &[Lot]) -> Booked {
    let mut kept = outcome.lots.clone().unwrap_or_else(|| lots.to_vec());
    if let Some(ratio) = outcome.scale {
        split::apply(&mut kept, ratio).expect("fits");
    }
    let mut booked = Booked::default();
    match outcome.closes.as_ref().map(|closes| (&closes.lots, closes.units)) {
        None => {}
        Some((DisposedLots::These(closed), units)) => {
            booked.closed_units = exact(units);
            booked.closed = closed.iter().map(|part| part.basis).collect();
            assert_eq!(closed.iter().map(|part| exact(part.quantity)).sum::<i128>(), exact(units));
        }
        Some((DisposedLots::ByMethod, units)) => {
            let (closed, left) = take_alike(&kept, units).expect("fits");
            booked.closed_units = units_of(&closed);
            booked.closed = closed.iter().map(|part| part.basis).collect();
            kept = left;
        }
    }
    booked.kept = kept;
    booked.received = outcome.into.iter().flat_map(|received| received.lots.clone()).collect();
    booked
}

fn units_of(lots: &[Lot]) -> i128 {
    lots.iter().map(|lot| exact(lot.quantity)).sum()
}

/// The four numbers of many bases, summed exactly; a number is none if it is unknown in one of them.
fn sums<'a>(bases: impl Iterator<Item = &'a Basis> + Clone) -> [Option<i128>; 4] {
    let numbers: [fn(&Basis) -> Option<Decimal>; 4] =
        [|basis| basis.local, |basis| basis.base, |basis| basis.charges_local, |basis| basis.charges_base];
    numbers.map(|number| bases.clone().map(|basis| number(basis).map(exact)).sum())
}

prop_compose! {
    /// Lots of one position, long or short, some with unknown numbers.
    fn any_lots()(
        sizes in prop::collection::vec((1_i64..5_000_000, 0_i64..500_000_000, 0_i64..10_000, any::<u8>()), 1..7),
        is_short in any::<bool>(),
    ) -> Vec<Lot> {
        let sign = if is_short { -1 } else { 1 };
        let of = |(units, cost, charges, unknown): (i64, i64, i64, u8)| Lot {
            quantity: Decimal::new(sign * units, 3),
            basis: Basis {
                local: (!unknown.is_multiple_of(7)).then(|| Decimal::new(sign * cost, 2)),
                base: (!unknown.is_multiple_of(11)).then(|| Decimal::new(sign * cost * 9, 3)),
                charges_local: Some(Decimal::new(charges, 2)),
                charges_base: Some(Decimal::new(charges * 9, 3)),
            },
            ..lot("1", "1")
        };
        sizes.into_iter().map(of).collect()
    }
}

proptest! {
    #[test]
    fn units_and_basis_are_conserved_by_every_kind(
        lots in any_lots(), new in 1_i64..100, old in 1_i64..100, cents in 1_i64..10_000, per_mille in 0_i64..=1000,
        elected_per_mille in 0_i64..=1000,
    ) {
        let (less, more) = (new.min(old), new.max(old));
        for kind in KINDS {
            let ratio = match kind.ratio {
                RatioMeaning::FewerForOld => (less, more + 1),
                RatioMeaning::Part => (less, more),
                _ => (new, old),
            };
            let (amount, fraction) = (Decimal::new(cents, 2).to_string(), Decimal::new(per_mille, 3).to_string());
            let held = Decimal::try_from_i128_with_scale(units_of(&lots) / 10_i128.pow(25), 3).expect("fits");
            let is_elective = kind.holders != Holders::Every && Decimal::ZERO < held;
            let elected = (held * Decimal::new(elected_per_mille, 3)).round_dp(3);
            let position = Position { lots: &lots, elected: is_elective.then_some(elected) };
            for action in every_form(kind, ratio, &amount, &fraction) {
                for cost_basis in METHODS.iter().copied() {
                    let terms = Terms { cost_basis, ..terms(&action) };
                    let outcome = on_holding(&terms, &position).expect("valid");
                    prop_assert_eq!(&on_holding(&terms, &position).expect("valid"), &outcome);
                    conserved(kind, &terms, &lots, &outcome)?;
                }
            }
        }
    }

    #[test]
    fn no_terms_and_no_lots_make_any_kind_panic(
        ratio in (prop::option::of(any_number()), prop::option::of(any_number())),
        amount in prop::option::of(any_decimal()), fraction in prop::option::of(any_decimal()),
        price in prop::option::of(any_decimal()),
        values in (prop::option::of(any_decimal()), prop::option::of(any_decimal())),
        has_target in any::<bool>(), has_currency in any::<bool>(), elected in prop::option::of(any_decimal()),
        sizes in prop::collection::vec((any_decimal(), prop::option::of(any_decimal())), 0..5),
        cost_basis in prop::sample::select(METHODS),
    ) {
        let of = |(quantity, cost): (Decimal, Option<Decimal>)| {
            Lot { quantity, basis: Basis::without_charges(cost, cost), ..lot("1", "1") }
        };
        let lots: Vec<Lot> = sizes.into_iter().map(of).collect();
        for kind in KINDS {
            let action = CorporateAction {
                ratio_new: ratio.0,
                ratio_old: ratio.1,
                amount: amount.map(Into::into),
                basis_fraction: fraction.map(Into::into),
                fraction_price: price.map(Into::into),
                target_instrument_id: has_target.then(|| "M~NEW".parse().expect("an id")),
                currency: has_currency.then_some(Currency::USD),
                ..announced(kind.code, "2014-06-09").build()
            };
            let terms = Terms { unit_value: values.0, target_unit_value: values.1, cost_basis, ..terms(&action) };
            let position = Position { lots: &lots, elected };
            let checked = on_holding(&terms, &position);
            prop_assert!(validate(&action).is_ok() || checked.is_err());
            let _unchecked = (kind.on_holding)(&terms, &position);
            let _ratio = unit_ratio(&action);
            let _repaid = return_of_capital::repay(&lots, amount, price);
        }
    }
}

fn any_number() -> impl Strategy<Value = i64> {
    prop_oneof![Just(0), Just(1), Just(-1), Just(i64::MAX), Just(i64::MIN), 1_i64..1000, any::<i64>()]
}

fn any_decimal() -> impl Strategy<Value = Decimal> {
    let made = (any::<i64>(), 0_u32..19).prop_map(|(mantissa, scale)| Decimal::new(mantissa, scale));
    prop_oneof![
        Just(Decimal::ZERO),
        Just(Decimal::ONE),
        Just(Decimal::MAX),
        Just(Decimal::MIN),
        Just(Decimal::new(1, 28)),
        (1_i64..1_000_000).prop_map(|cents| Decimal::new(cents, 2)),
        made,
    ]
}

/// Units out × old = units in × new, and basis in = basis kept + moved + closed, for each of the four numbers.
fn conserved(
    kind: &CorporateActionKind,
    terms: &Terms<'_>,
    lots: &[Lot],
    outcome: &Outcome,
) -> Result<(), TestCaseError> {
    let (action, law) = (terms.action, terms.cost_basis.law);
    if kind.cash == BookedBy::Broker && kind.holders == Holders::Every {
        let owed = outcome.cash.iter().all(|leg| leg.booked_by == BookedBy::Broker);
        prop_assert_eq!((owed, Outcome { cash: Vec::new(), ..outcome.clone() }), (true, Outcome::default()));
    } else if kind.cash == BookedBy::Announcement {
        prop_assert!(outcome.cash.iter().all(|leg| leg.booked_by == BookedBy::Announcement), "{}", kind.code);
    }
    let booked = book(outcome, lots);
    let before = units_of(lots);
    let (new, old) = (i128::from(action.ratio_new.unwrap_or(1)), i128::from(action.ratio_old.unwrap_or(1)));
    // What rounding at the 28th digit can leave, in units of the 28th decimal.
    let rounding = 10_i128.pow(10);
    let is_ratio = |after: i128, before: i128, new: i128, old: i128| {
        (after / rounding * old - before / rounding * new).abs() <= old + new
    };
    let received = units_of(&booked.received);
    let kept = units_of(&booked.kept);
    match kind.code {
        "SPLIT" | "REVERSE_SPLIT" => prop_assert!(is_ratio(kept, before, new, old), "{}", kind.code),
        "STOCK_DIVIDEND" | "BONUS" => prop_assert!(is_ratio(kept, before, new + old, old), "{}", kind.code),
        "SPIN_OFF" | "RIGHTS_ISSUE" => {
            prop_assert!(kept == before && is_ratio(received, before, new, old), "{}", kind.code);
        }
        "MERGER" | "TENDER" if action.target_instrument_id.is_some() => {
            let gone = before - kept;
            prop_assert!(kind.code == "TENDER" || kept == 0);
            prop_assert_eq!(booked.closed_units, action.amount.map_or(0, |_| gone));
            prop_assert!(is_ratio(received, gone, new, old), "{}", kind.code);
        }
        "CHANGE" | "CONVERSION" | "RIGHTS_EXERCISE" => {
            prop_assert!(is_ratio(received, before - kept, new, old), "{}", kind.code);
        }
        _ => prop_assert_eq!(kept + booked.closed_units, before, "{}", kind.code),
    }
    // New units that were paid for, or taken for a dividend, bring their cost into the basis.
    let paid = |leg: &CashLeg| matches!(leg.character, CashCharacter::Subscription | CashCharacter::Reinvestment);
    let cost: i128 = outcome.cash.iter().filter(|leg| paid(leg)).map(|leg| exact(-leg.amount)).sum();
    let after = sums(booked.kept.iter().chain(&booked.received).map(|lot| &lot.basis).chain(&booked.closed));
    // The sum of a basis and what was paid is rounded at the 28th digit; all else is exact.
    let slack = if kind.code == "RIGHTS_EXERCISE" { rounding } else { 0 };
    for (index, (before, after)) in sums(lots.iter().map(|lot| &lot.basis)).into_iter().zip(after).enumerate() {
        let brought_in = if index < 2 { cost } else { 0 };
        // What the cash of an exchange gives back of charges is unknown under US law where the cost is.
        let hides_charges = law == TaxLaw::UnitedStates && kind.needs.amount == Need::OneOf && 2 <= index;
        let is_known = before.is_some() && !(hides_charges && after.is_none());
        prop_assert_eq!(is_known, after.is_some(), "{} number {}", kind.code, index);
        let drift = before.zip(after).map_or(0, |(before, after)| after - before - brought_in);
        prop_assert!(drift.abs() <= slack, "{} number {} drifts by {}", kind.code, index, drift);
    }
    if let Some(fraction) = &outcome.fraction_in_lieu {
        prop_assert!(fraction.units.abs() < Decimal::ONE && !fraction.units.is_zero());
        let of = if outcome.scale.is_some() { kept } else { received };
        prop_assert_eq!((of - exact(fraction.units)) % 10_i128.pow(28), 0, "{} leaves whole units", kind.code);
    }
    Ok(())
}
