//! The chart of accounts: what a name means, which accounts are one broker, and which commodities are instruments.
//!
//! Beancount has no brokers, only names. An account that holds units and the cash account beside it are one account of
//! this house, called like the account above them; every other asset account stands alone.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;
use schemas::Currency;

use super::directives::{Body, Ledger};
use super::legs::Leg;

/// What the other side of a movement is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Side {
    Asset,
    Dividend,
    Interest,
    Gain,
    OtherIncome,
    Fee,
    Tax,
    InterestPaid,
    OtherExpense,
    Opening,
    OtherEquity,
    Liability,
}

/// Names of accounts for what a broker pays and takes, in English and German: whole parts of a name, in lower case.
const DIVIDENDS: &[&str] = &["dividend", "dividends", "distribution", "distributions", "dividende", "dividenden"];
const INTEREST: &[&str] = &["interest", "loan-interest", "margin-interest", "coupon", "coupons", "zins", "zinsen"];
const GAINS: &[&str] = &[
    "gain",
    "gains",
    "capital-gains",
    "capitalgains",
    "pnl",
    "profit",
    "loss",
    "losses",
    "capital-losses",
    "realized",
    "kursgewinn",
    "kursgewinne",
    "kursverlust",
    "kursverluste",
];
const FEES: &[&str] = &[
    "fee",
    "fees",
    "bank-fees",
    "commission",
    "commissions",
    "brokerage",
    "custody",
    "trading-fees",
    "gebühr",
    "gebühren",
    "gebuehr",
    "gebuehren",
    "provision",
    "provisionen",
    "courtage",
];
const TAXES: &[&str] = &[
    "tax",
    "taxes",
    "withholding",
    "withholding-tax",
    "withholdingtax",
    "steuer",
    "steuern",
    "quellensteuer",
    "kapitalertragsteuer",
    "abgeltungsteuer",
];

/// An account or a commodity by its name.
pub(super) struct Chart {
    /// The names of the five outermost accounts: assets, liabilities, equity, income, expenses.
    roots: [String; 5],
    /// The currency of each instrument.
    pub(super) instruments: BTreeMap<String, Currency>,
    /// The account of this house for each account that is part of a larger one.
    brokers: BTreeMap<String, String>,
    /// The instruments that each account of this house ever held.
    holds: BTreeMap<String, BTreeSet<String>>,
}

/// Whether a commodity is a currency of ISO 4217.
pub(super) fn money(commodity: &str) -> Option<Currency> {
    commodity.parse().ok()
}

impl Chart {
    /// The chart of a file, from the completed legs of its transactions.
    pub(super) fn of(ledger: &Ledger, transactions: &[&[Leg]]) -> Chart {
        let root = |option: &str, usual: &str| ledger.options.get(option).cloned().unwrap_or_else(|| usual.to_owned());
        let mut chart = Chart {
            roots: [
                root("name_assets", "Assets"),
                root("name_liabilities", "Liabilities"),
                root("name_equity", "Equity"),
                root("name_income", "Income"),
                root("name_expenses", "Expenses"),
            ],
            instruments: instruments(ledger, transactions),
            brokers: BTreeMap::new(),
            holds: BTreeMap::new(),
        };
        chart.brokers = chart.find_brokers(transactions);
        let mut holds: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for leg in transactions.iter().copied().flatten().filter(|leg| chart.is_holding(leg)) {
            let account = chart.account_of(&leg.account).to_owned();
            holds.entry(account).or_default().insert(leg.amount.commodity.clone());
        }
        Chart { holds, ..chart }
    }

    fn is_holding(&self, leg: &Leg) -> bool {
        self.side(&leg.account) == Side::Asset && self.instruments.contains_key(&leg.amount.commodity)
    }

    /// What an account is for.
    pub(super) fn side(&self, account: &str) -> Side {
        let mut parts = account.split(':');
        let first = parts.next().unwrap_or_default();
        let [assets, liabilities, equity, income, _] = &self.roots;
        let lower: Vec<String> = parts.map(str::to_lowercase).collect();
        let is_for = |words: &[&str]| lower.iter().any(|part| words.contains(&part.as_str()));
        if first == assets {
            Side::Asset
        } else if first == liabilities {
            Side::Liability
        } else if first == equity {
            let opens = lower.iter().any(|part| part.starts_with("opening") || part.starts_with("anfangs"));
            if opens { Side::Opening } else { Side::OtherEquity }
        } else if first == income {
            match () {
                () if is_for(DIVIDENDS) => Side::Dividend,
                () if is_for(INTEREST) => Side::Interest,
                () if is_for(GAINS) => Side::Gain,
                () => Side::OtherIncome,
            }
        } else {
            match () {
                () if is_for(FEES) => Side::Fee,
                () if is_for(TAXES) => Side::Tax,
                () if is_for(INTEREST) => Side::InterestPaid,
                () if is_for(GAINS) => Side::Gain,
                () => Side::OtherExpense,
            }
        }
    }

    /// The account of this house that an asset account belongs to.
    pub(super) fn account_of<'n>(&'n self, account: &'n str) -> &'n str {
        self.brokers.get(account).map_or(account, String::as_str)
    }

    /// The instruments that an account of this house ever held.
    pub(super) fn held_by(&self, account: &str) -> impl Iterator<Item = &String> {
        self.holds.get(account).into_iter().flatten()
    }

    /// Which accounts are part of a broker's account.
    fn find_brokers(&self, transactions: &[&[Leg]]) -> BTreeMap<String, String> {
        let mut brokers: BTreeMap<String, String> = BTreeMap::new();
        for legs in transactions {
            for leg in legs.iter().filter(|leg| self.is_holding(leg)) {
                let Some((above, last)) = leg.account.rsplit_once(':').filter(|(above, _)| above.contains(':')) else {
                    continue;
                };
                let elsewhere = |other: &&Leg| other.account != leg.account;
                let cash_beside = legs.iter().filter(elsewhere).any(|other| self.is_cash_in(other, above));
                if last == leg.amount.commodity || cash_beside {
                    brokers.insert(leg.account.clone(), above.to_owned());
                }
            }
        }
        let names: BTreeSet<String> = brokers.values().cloned().collect();
        for legs in transactions {
            let traded: BTreeSet<&String> =
                legs.iter().filter(|leg| self.is_holding(leg)).filter_map(|leg| brokers.get(&leg.account)).collect();
            let traded: BTreeSet<String> = traded.into_iter().cloned().collect();
            for leg in legs.iter().filter(|leg| money(&leg.amount.commodity).is_some()) {
                let Some((above, last)) = leg.account.rsplit_once(':') else { continue };
                let is_cash_account = traded.contains(above) || last.to_lowercase().contains("cash");
                if names.contains(above) && is_cash_account && !names.contains(&leg.account) {
                    brokers.insert(leg.account.clone(), above.to_owned());
                }
            }
        }
        brokers
    }

    /// Whether a leg moves cash in an account or directly below it.
    fn is_cash_in(&self, leg: &Leg, account: &str) -> bool {
        let above = leg.account.rsplit_once(':').map_or("", |(above, _)| above);
        let here = leg.account == account || above == account;
        here && self.side(&leg.account) == Side::Asset && money(&leg.amount.commodity).is_some()
    }
}

/// The commodities that have a cost or a price in a currency, with that currency. A cost says more than a price.
fn instruments(ledger: &Ledger, transactions: &[&[Leg]]) -> BTreeMap<String, Currency> {
    let mut found: BTreeMap<String, Currency> = BTreeMap::new();
    let mut note = |commodity: &str, currency: &str| {
        if let (None, Some(currency)) = (money(commodity), money(currency)) {
            found.entry(commodity.to_owned()).or_insert(currency);
        }
    };
    let all = || transactions.iter().copied().flatten();
    for leg in all() {
        if let Some(cost) = &leg.cost {
            note(&leg.amount.commodity, &cost.commodity);
        }
    }
    for leg in all() {
        if let Some(price) = leg.price.as_ref().or(leg.weight.as_ref()) {
            note(&leg.amount.commodity, &price.commodity);
        }
    }
    for directive in &ledger.directives {
        if let Body::Price { code, amount } = &directive.body {
            note(code, &amount.commodity);
        }
    }
    found
}

/// The sum of some legs in one currency; none if they are in several, and nothing if there are none.
pub(super) fn sum_in<'l>(legs: impl Iterator<Item = &'l Leg>, currency: &str) -> Result<Decimal, String> {
    let mut sum = Decimal::ZERO;
    for leg in legs {
        let weight = leg.weight.as_ref().unwrap_or(&leg.amount);
        if money(&weight.commodity).is_none() {
            continue;
        }
        if weight.commodity != currency {
            return Err(format!("{} and {currency} in one transaction; book it by hand", weight.commodity));
        }
        sum = sum.checked_add(weight.number).ok_or("a sum has too many digits")?;
    }
    Ok(sum)
}
