//! Balances that the file asserts, and the amounts by which it lets itself be padded to reach them.
//!
//! An asserted balance is what a bank or broker printed: it goes to the inbox as something to reconcile, with what the
//! file's own entries give. A pad is a transaction without an amount: the amount is what the next balance needs.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;
use schemas::BusinessDate;

use super::directives::{Amount, Body, Directive, Ledger};
use super::legs::{Leg, TOLERANCE, plain_leg};

/// A pad with the amount that it takes.
#[derive(Debug, PartialEq)]
pub(super) struct Filled {
    pub(super) line: i64,
    pub(super) date: BusinessDate,
    pub(super) legs: Vec<Leg>,
}

/// What the balances of a file come to.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Balances {
    /// Pads that take an amount, one for each currency.
    pub(super) filled: Vec<Filled>,
    /// What the file's own entries give for each balance, by its line; none if that is no number.
    pub(super) own: BTreeMap<i64, Option<Decimal>>,
    /// The lines of pads that need nothing.
    pub(super) idle: BTreeSet<i64>,
}

/// A pad that waits for a balance.
struct Open<'l> {
    directive: &'l Directive,
    date: BusinessDate,
    source: &'l str,
    /// The commodities that a balance has been asserted of since.
    done: BTreeSet<&'l str>,
}

/// Follows the accounts through time. `legs` are those of the transactions that are complete, by line.
pub(super) fn balances(ledger: &Ledger, legs: &BTreeMap<i64, Vec<Leg>>) -> Balances {
    let mut found = Balances::default();
    let mut held: BTreeMap<(String, String), Option<Decimal>> = BTreeMap::new();
    let mut open: BTreeMap<&str, Open<'_>> = BTreeMap::new();
    let mut in_time: Vec<(BusinessDate, &Directive)> =
        ledger.directives.iter().filter_map(|directive| directive.date.map(|date| (date, directive))).collect();
    // A balance is that of the morning: it comes before what happens on its day.
    in_time.sort_by_key(|(date, directive)| {
        let is_balance = matches!(directive.body, Body::Balance { .. });
        (*date, !is_balance, directive.line)
    });
    for (date, directive) in in_time {
        match &directive.body {
            Body::Transaction { .. } => {
                for leg in legs.get(&directive.line).into_iter().flatten() {
                    add(&mut held, leg);
                }
            }
            Body::Pad { account, source } => {
                found.idle.insert(directive.line);
                open.insert(account, Open { directive, date, source, done: BTreeSet::new() });
            }
            Body::Balance { account, amount } => {
                let own = own_balance(&held, account, &amount.commodity);
                let missing = own.and_then(|own| amount.number.checked_sub(own));
                let pad = open.get_mut(account.as_str());
                let takes_it = pad.and_then(|pad| pad.done.insert(&amount.commodity).then_some(&*pad));
                if let (Some(pad), Some(missing)) = (takes_it, missing.filter(|missing| TOLERANCE < missing.abs())) {
                    let leg = |account: &str, number: Decimal| {
                        plain_leg(account, Amount { number, commodity: amount.commodity.clone() })
                    };
                    let filling = vec![leg(account, missing), leg(pad.source, -missing)];
                    filling.iter().for_each(|leg| add(&mut held, leg));
                    found.idle.remove(&pad.directive.line);
                    found.filled.push(Filled { line: pad.directive.line, date: pad.date, legs: filling });
                    found.own.insert(directive.line, own_balance(&held, account, &amount.commodity));
                } else {
                    found.own.insert(directive.line, own);
                }
            }
            _ => {}
        }
    }
    found
}

fn add(held: &mut BTreeMap<(String, String), Option<Decimal>>, leg: &Leg) {
    let key = (leg.account.clone(), leg.amount.commodity.clone());
    let balance = held.entry(key).or_insert(Some(Decimal::ZERO));
    *balance = balance.and_then(|balance| balance.checked_add(leg.amount.number));
}

/// What an account and those below it hold; none if that is no number.
fn own_balance(held: &BTreeMap<(String, String), Option<Decimal>>, account: &str, commodity: &str) -> Option<Decimal> {
    let from = (account.to_owned(), String::new());
    let near = held.range(from..).take_while(|((name, _), _)| name.starts_with(account));
    let is_in = |name: &str| name.strip_prefix(account).is_some_and(|rest| rest.is_empty() || rest.starts_with(':'));
    let parts = near.filter(|((name, code), _)| is_in(name) && code == commodity).map(|(_, balance)| *balance);
    parts.into_iter().try_fold(Decimal::ZERO, |sum, balance| sum.checked_add(balance?))
}

#[cfg(test)]
mod tests {
    use super::super::directives::ledger;
    use super::super::legs::legs;
    use super::*;

    #[test]
    fn a_pad_takes_what_the_next_balance_needs() {
        // 50 come in and 8 go out, of a part of the account; 142 are asserted, so the pad takes 100.
        let file = "2024-01-01 pad Assets:A Equity:Opening\n2024-01-02 *\n  Assets:A:Part 50 USD\n  Income:B\n\
                    2024-01-03 *\n  Assets:A -8 USD\n  Expenses:C\n2024-01-04 balance Assets:A 142 USD\n\
                    2024-01-04 *\n  Assets:A 1 USD\n  Income:B\n2024-01-05 balance Assets:A 144.00 USD\n\
                    2024-01-06 balance Assets:A 0 EUR\n2024-01-07 pad Assets:AB Equity:Opening\n";
        let ledger = ledger(file);
        let complete = ledger.directives.iter().filter_map(|directive| match &directive.body {
            Body::Transaction { postings, .. } => Some((directive.line, legs(postings).expect("complete"))),
            _ => None,
        });
        let found = balances(&ledger, &complete.collect());
        let filled: Vec<(i64, String)> =
            found.filled.iter().map(|pad| (pad.line, pad.legs[0].amount.number.to_string())).collect();
        assert_eq!(filled, [(1, "100".to_owned())]);
        let own: Vec<Option<Decimal>> = found.own.values().copied().collect();
        assert_eq!(own, [Some(Decimal::from(142)), Some(Decimal::from(143)), Some(Decimal::ZERO)]);
        assert_eq!(found.idle.into_iter().collect::<Vec<_>>(), [14]);
    }
}
