//! The legs of a transaction with what is missing filled in.
//!
//! Every transaction balances: what its legs weigh adds up to nothing in each currency. A unit with a cost weighs its
//! cost, one with a price its price, anything else itself. One amount may therefore be left out, and follows from the
//! others.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use schemas::BusinessDate;

use super::directives::{Amount, Posting};
use crate::numerals::exact_quotient;

/// By how much a currency may fail to add up: half of its last written decimal, but at least half a cent.
pub(super) const TOLERANCE: Decimal = Decimal::from_parts(5, 0, 0, false, 3);

/// The size that no amount reaches, so that sums of amounts fit a decimal.
const AMOUNT_MAX: i128 = 100_000_000_000_000_000_000;

/// A leg.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Leg {
    pub(super) account: String,
    /// What it moves.
    pub(super) amount: Amount,
    /// What all of it cost, if it has a cost that is known.
    pub(super) cost: Option<Amount>,
    /// The cost of one unit, if it is written.
    pub(super) cost_per_unit: Option<Decimal>,
    /// The day on which it was acquired, if it is written.
    pub(super) cost_date: Option<BusinessDate>,
    /// The price of one unit, if it is written.
    pub(super) price: Option<Amount>,
    /// What it weighs; none if its cost is not known.
    pub(super) weight: Option<Amount>,
    /// Whether it is written with a cost, known or not.
    pub(super) has_cost: bool,
}

/// The legs of a transaction.
///
/// # Errors
/// Why what is missing does not follow from the rest, or by how much the legs fail to add up.
pub(super) fn legs(postings: &[Posting]) -> Result<Vec<Leg>, String> {
    let legs = completed(postings)?;
    let fits = |amount: &Amount| amount.number.trunc().mantissa().abs() < AMOUNT_MAX;
    let parts = |leg: &Leg| [Some(leg.amount.clone()), leg.cost.clone(), leg.weight.clone(), leg.price.clone()];
    if legs.iter().flat_map(parts).flatten().all(|amount| fits(&amount)) { Ok(legs) } else { Err(too_long()) }
}

fn completed(postings: &[Posting]) -> Result<Vec<Leg>, String> {
    let mut legs: Vec<Leg> = Vec::new();
    let mut without_amount: Vec<&Posting> = Vec::new();
    for posting in postings {
        match (posting.number, &posting.commodity) {
            (Some(number), Some(commodity)) => legs.push(leg(posting, number, commodity)?),
            (Some(_), None) => return Err(format!("the amount on {} has no commodity", posting.account)),
            (None, _) => without_amount.push(posting),
        }
    }
    let mut open = sums(&legs)?;
    let unknown: Vec<usize> =
        (0..legs.len()).filter(|place| legs.get(*place).is_some_and(|leg| leg.weight.is_none())).collect();
    match (unknown.as_slice(), without_amount.as_slice()) {
        ([], []) => {}
        ([], [posting]) => {
            for (commodity, sum) in open.iter().filter(|(_, sum)| !sum.is_zero()) {
                if posting.commodity.as_ref().is_none_or(|wanted| wanted == commodity) {
                    let amount = Amount { number: -*sum, commodity: commodity.clone() };
                    legs.push(plain_leg(&posting.account, amount));
                }
            }
            open = sums(&legs)?;
        }
        ([place], []) => weigh_by_the_rest(&mut legs, *place, &open)?,
        // Lots that are left to the booking method: the gain that is left out is not needed here.
        (_, [posting]) if is_gain(&posting.account) => return Ok(legs),
        (_, []) => return Ok(legs),
        (_, [_]) => return Err("an amount is left out and depends on the cost of lots that are not named".to_owned()),
        (_, [_, _, ..]) => return Err("two legs have no amount; only one can follow from the others".to_owned()),
    }
    if unknown.is_empty() {
        balance(&legs, &open)?;
    }
    Ok(legs)
}

fn is_gain(account: &str) -> bool {
    account.split(':').next().is_some_and(|root| ["Income", "Expenses", "Equity"].contains(&root))
}

fn too_long() -> String {
    "an amount has too many digits".to_owned()
}

pub(super) fn plain_leg(account: &str, amount: Amount) -> Leg {
    Leg {
        account: account.to_owned(),
        weight: Some(amount.clone()),
        amount,
        cost: None,
        cost_per_unit: None,
        cost_date: None,
        price: None,
        has_cost: false,
    }
}

fn leg(posting: &Posting, number: Decimal, commodity: &str) -> Result<Leg, String> {
    let price = match &posting.price {
        None => None,
        Some(spec) => match (spec.number, &spec.currency) {
            (Some(price), Some(currency)) => Some((price, currency.clone(), spec.is_total)),
            _ => return Err(format!("the price of {commodity} is not written in full")),
        },
    };
    let mut leg = plain_leg(&posting.account, Amount { number, commodity: commodity.to_owned() });
    if let Some((price, currency, is_total)) = &price {
        let of_all = if *is_total { price.checked_mul(sign(number)) } else { price.checked_mul(number) };
        leg.weight = Some(Amount { number: of_all.ok_or_else(too_long)?, commodity: currency.clone() });
        let of_one = if *is_total { exact_quotient(*price, number.abs()) } else { Some(*price) };
        leg.price = of_one.map(|number| Amount { number, commodity: currency.clone() });
    }
    if let Some(spec) = &posting.cost {
        leg.has_cost = true;
        leg.cost_per_unit = spec.per_unit;
        leg.cost_date = spec.date;
        let units = spec.per_unit.map(|cost| cost.checked_mul(number).ok_or_else(too_long)).transpose()?;
        let extra = spec.total.map(|cost| cost.checked_mul(sign(number)).ok_or_else(too_long)).transpose()?;
        let number = match (units, extra) {
            (Some(units), Some(extra)) => Some(units.checked_add(extra).ok_or_else(too_long)?),
            (units, extra) => units.or(extra),
        };
        let currency = spec.currency.clone().or_else(|| price.map(|(_, currency, _)| currency));
        leg.cost = number.zip(currency).map(|(number, commodity)| Amount { number, commodity });
        leg.weight = leg.cost.clone();
    }
    Ok(leg)
}

fn sign(number: Decimal) -> Decimal {
    if number < Decimal::ZERO { -Decimal::ONE } else { Decimal::ONE }
}

/// What the legs weigh, by currency.
fn sums(legs: &[Leg]) -> Result<BTreeMap<String, Decimal>, String> {
    let mut sums: BTreeMap<String, Decimal> = BTreeMap::new();
    for weight in legs.iter().filter_map(|leg| leg.weight.as_ref()) {
        let sum = sums.entry(weight.commodity.clone()).or_default();
        *sum = sum.checked_add(weight.number).ok_or_else(too_long)?;
    }
    Ok(sums)
}

/// The one leg whose cost is not written costs what the others leave.
fn weigh_by_the_rest(legs: &mut [Leg], place: usize, open: &BTreeMap<String, Decimal>) -> Result<(), String> {
    let left: Vec<(&String, &Decimal)> = open.iter().filter(|(_, sum)| !sum.is_zero()).collect();
    let Some(leg) = legs.get_mut(place) else { return Ok(()) };
    if leg.amount.number < Decimal::ZERO {
        return Ok(());
    }
    match left.as_slice() {
        [(currency, sum)] => {
            let cost = Amount { number: -**sum, commodity: (*currency).clone() };
            leg.weight = Some(cost.clone());
            leg.cost = Some(cost);
            Ok(())
        }
        _ => Err(format!("the cost of {} is not written and does not follow", leg.amount.commodity)),
    }
}

/// Whether the legs add up to nothing in every currency.
fn balance(legs: &[Leg], sums: &BTreeMap<String, Decimal>) -> Result<(), String> {
    for (currency, sum) in sums {
        let written = legs.iter().filter(|leg| leg.amount.commodity == *currency).map(|leg| leg.amount.number.scale());
        let coarsest = written.filter(|scale| 0 < *scale).min();
        let half = coarsest.and_then(|scale| Decimal::try_new(5, scale + 1).ok()).unwrap_or(TOLERANCE);
        if half.max(TOLERANCE) < sum.abs() {
            return Err(format!("the legs do not add up: {} {currency} too much", sum.normalize()));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::directives::{Body, ledger};
    use super::*;

    fn weights(postings: &str) -> Result<Vec<(String, String)>, String> {
        let file = format!("2024-01-01 *\n{postings}");
        let ledger = ledger(&file);
        let Body::Transaction { postings, .. } = &ledger.directives[0].body else { panic!("no transaction") };
        let weight = |leg: &Leg| leg.weight.as_ref().map(|w| format!("{} {}", w.number.normalize(), w.commodity));
        let named = |leg: Leg| (leg.account.clone(), weight(&leg).unwrap_or_default());
        legs(postings).map(|legs| legs.into_iter().map(named).collect())
    }

    #[test]
    fn the_amount_that_is_left_out_follows_from_the_others() {
        // 30 shares at 185.40 cost 5,562.00, and the commission is 9.95: 5,571.95 leave the account.
        let found = weights("  Assets:B:AAPL 30 AAPL {185.40 USD}\n  Assets:B\n  Expenses:Fees 9.95 USD\n");
        let last = found.expect("it follows").pop();
        assert_eq!(last, Some(("Assets:B".to_owned(), "-5571.95 USD".to_owned())));
    }

    #[test]
    fn a_price_weighs_unless_there_is_a_cost() {
        let found = weights("  Assets:B -10 X {5 USD} @ 7 USD\n  Assets:C 70 USD\n  Income:G\n").expect("follows");
        assert_eq!(found[0].1, "-50 USD");
        assert_eq!(found[2].1, "-20 USD");
        let found = weights("  Assets:B -100 EUR @@ 110 USD\n  Assets:B 110 USD\n").expect("follows");
        assert_eq!(found[0].1, "-110 USD");
    }

    #[test]
    fn two_currencies_left_over_become_two_legs() {
        let found = weights("  Assets:A 440 CAD\n  Assets:B -431.92 USD\n  Assets:A\n").expect("follows");
        assert_eq!(found[2..], [("Assets:A".into(), "-440 CAD".into()), ("Assets:A".into(), "431.92 USD".into())]);
    }

    #[test]
    fn what_does_not_add_up_or_follow_is_refused() {
        let off = weights("  Assets:A 10.00 USD\n  Income:B -9.98 USD\n").expect_err("two cents too much");
        assert_eq!(off, "the legs do not add up: 0.02 USD too much");
        assert!(weights("  Assets:A\n  Assets:B\n  Income:C 1 USD\n").is_err());
        assert!(weights("  Assets:A -5 X {}\n  Assets:B\n").is_err());
        // Half a cent is what rounding a lot leaves: 6.811 units at 70.47 cost 479.97117.
        assert!(weights("  Assets:A 6.811 X {70.47 USD}\n  Assets:B -479.97 USD\n").is_ok());
        // Lots that are not named weigh nothing that is known, and the gain is not needed.
        assert!(weights("  Assets:A -5 X {} @ 7 USD\n  Assets:B 35 USD\n  Income:G\n").is_ok());
    }

    #[test]
    fn a_cost_that_is_not_written_is_what_was_paid() {
        let found = weights("  Assets:A 3 X {}\n  Assets:B -10 USD\n").expect("follows");
        assert_eq!(found[0].1, "10 USD");
    }
}
