//! An activity of Ghostfolio, whichever file it came from, and what it books.

use std::collections::{BTreeMap, BTreeSet};

use ledger::TransactionKind;
use rust_decimal::Decimal;
use schemas::identifiers::Isin;
use schemas::{BusinessDate, Currency};

use crate::imports::{ExportInstrument, ExportTransaction, clean_symbol, currency_and_scale};
use crate::refusals::{Refusal, inbox, product, reject};

/// Where Ghostfolio has its prices from.
const DATA_SOURCES: [&str; 9] = [
    "ALPHA_VANTAGE",
    "COINGECKO",
    "EOD_HISTORICAL_DATA",
    "FINANCIAL_MODELING_PREP",
    "GHOSTFOLIO",
    "GOOGLE_SHEETS",
    "MANUAL",
    "RAPID_API",
    "YAHOO",
];
/// What an activity may be.
const TYPES: [&str; 7] = ["BUY", "SELL", "DIVIDEND", "FEE", "INTEREST", "ITEM", "LIABILITY"];
/// The data source of what a user made up.
pub(super) const MANUAL: &str = "MANUAL";
/// The data source of an activity that names none.
pub(super) const YAHOO: &str = "YAHOO";

/// The year before which Ghostfolio has no activities.
const FIRST_YEAR: &str = "1970-01-01";
/// The day before which there were no euros.
const FIRST_EURO_DAY: &str = "1999-01-01";

/// An activity as it stands in a file.
#[derive(Clone, Debug)]
pub(super) struct Activity {
    pub(super) account: String,
    pub(super) line: i64,
    /// The word of the file, in capitals, e.g. `BUY`.
    pub(super) kind: String,
    pub(super) date: BusinessDate,
    /// What the file calls the instrument.
    pub(super) symbol: String,
    pub(super) data_source: String,
    /// The currency code of price and fee.
    pub(super) currency: String,
    pub(super) quantity: Decimal,
    pub(super) price: Decimal,
    pub(super) fee: Decimal,
    pub(super) comment: String,
    /// The id that Ghostfolio gave it, in exports that have one.
    pub(super) id: Option<String>,
}

/// The instruments of the activities, by what the file calls them.
#[derive(Default)]
pub(super) struct Instruments {
    by_name: BTreeMap<String, ExportInstrument>,
    taken: BTreeSet<String>,
}

impl Instruments {
    /// The symbol of each instrument, by what the file calls it.
    pub(super) fn symbols(&self) -> BTreeMap<String, String> {
        self.by_name.iter().map(|(name, instrument)| (name.clone(), instrument.symbol.clone())).collect()
    }

    /// The instruments that were named.
    pub(super) fn into_list(self) -> Vec<ExportInstrument> {
        self.by_name.into_values().collect()
    }

    /// The instrument that an activity names.
    fn named(&mut self, activity: &Activity, profile: Option<&Profile>) -> Result<ExportInstrument, Refusal> {
        let Activity { symbol: name, .. } = activity;
        if let Some(known) = self.by_name.get(name) {
            return Ok(known.clone());
        }
        let code = profile.and_then(|profile| profile.currency.as_deref()).unwrap_or(&activity.currency);
        let (currency, price_scale) =
            currency_and_scale(code).map_err(|error| reject("currency", error.to_string()))?;
        let is_isin = |text: &&str| text.parse::<Isin>().is_ok();
        let isin = profile.and_then(|profile| profile.isin.as_deref()).filter(is_isin);
        let found = ExportInstrument {
            symbol: self.free_symbol(name)?,
            name: profile.and_then(|profile| profile.name.clone()).unwrap_or_else(|| name.clone()),
            currency,
            price_scale,
            isin: isin.or_else(|| Some(name.as_str()).filter(is_isin)).map(str::to_owned),
            cusip: None,
            asset_class: profile.and_then(|profile| profile.asset_class.clone()).unwrap_or_default(),
        };
        self.by_name.insert(name.clone(), found.clone());
        Ok(found)
    }

    /// A symbol for a name; two names never share one.
    fn free_symbol(&mut self, name: &str) -> Result<String, Refusal> {
        let symbol = clean_symbol(name)
            .ok_or_else(|| reject("symbol", format!("`{name}` has no character that a symbol may have")))?;
        if !self.taken.insert(symbol.clone()) {
            let reason = format!("another name of the file already became the symbol `{symbol}`; rename one of them");
            return Err(reject("symbol", reason));
        }
        Ok(symbol)
    }
}

/// What an export says of an instrument.
#[derive(Clone, Debug, Default)]
pub(super) struct Profile {
    pub(super) name: Option<String>,
    pub(super) currency: Option<String>,
    pub(super) isin: Option<String>,
    pub(super) asset_class: Option<String>,
}

/// Books an activity.
pub(super) fn book(
    activity: &Activity,
    profile: Option<&Profile>,
    instruments: &mut Instruments,
) -> Result<ExportTransaction, Refusal> {
    let (currency, scale) =
        currency_and_scale(&activity.currency).map_err(|error| reject("currency", error.to_string()))?;
    check(activity, currency)?;
    let value = product("unitPrice", [activity.quantity, activity.price, scale])?;
    let fee = product("fee", [activity.fee, scale])?;
    let (kind, net_cash) = match activity.kind.as_str() {
        "BUY" => (TransactionKind::Buy, -value - fee),
        "SELL" => (TransactionKind::Sell, value - fee),
        "DIVIDEND" => (TransactionKind::Dividend, value - fee),
        "INTEREST" => (TransactionKind::Interest, value - fee),
        "FEE" => (TransactionKind::Fee, -value - fee),
        "ITEM" | "LIABILITY" => {
            let reason = "it is worth something and moves no cash; book what it stands for by hand";
            return Err(inbox(activity.kind.as_str(), reason));
        }
        other => return Err(unknown_type(other)),
    };
    let moves_units = [TransactionKind::Buy, TransactionKind::Sell].contains(&kind);
    if moves_units && activity.quantity.is_zero() {
        return Err(inbox(activity.kind.as_str(), "it moves no units; give it a quantity, or delete it in Ghostfolio"));
    }
    let fee_inside = if kind == TransactionKind::Fee { Decimal::ZERO } else { fee };
    let booked = ExportTransaction {
        fees: fee_inside,
        note: activity.comment.clone(),
        broker_id: activity.id.clone(),
        ..ExportTransaction::new(&activity.account, activity.line, kind, activity.date, (net_cash, currency))
    };
    let names_instrument = moves_units || kind == TransactionKind::Dividend || activity.data_source != MANUAL;
    if !names_instrument {
        // The symbol of a fee or interest that a user made up stands for its name.
        let name = profile.and_then(|profile| profile.name.clone()).unwrap_or_else(|| activity.symbol.clone());
        let words: Vec<String> = [name, booked.note.clone()].into_iter().filter(|word| !word.is_empty()).collect();
        return Ok(ExportTransaction { note: words.join(": "), ..booked });
    }
    let instrument = instruments.named(activity, profile)?;
    // A price in another currency than the quotes of the instrument says nothing about them.
    let is_in_unit = instrument.currency == currency && instrument.price_scale == scale;
    let counts_units = moves_units || kind == TransactionKind::Dividend;
    Ok(ExportTransaction {
        symbol: Some(instrument.symbol),
        quantity: Some(activity.quantity).filter(|quantity| counts_units && !quantity.is_zero()),
        price: Some(activity.price).filter(|_| counts_units && is_in_unit),
        ..booked
    })
}

/// The word of an activity if it is known; otherwise the activity waits for a person, whatever else it says.
pub(super) fn known_type(kind: String) -> Result<String, Refusal> {
    if TYPES.contains(&kind.as_str()) { Ok(kind) } else { Err(unknown_type(&kind)) }
}

fn unknown_type(kind: &str) -> Refusal {
    let reason = format!("Financr does not know this type; book what it moved by hand; known: {}", TYPES.join(", "));
    inbox(shown(kind), reason)
}

/// Checks what Ghostfolio itself would refuse.
fn check(activity: &Activity, currency: Currency) -> Result<(), Refusal> {
    let before = |day: &str| activity.date.to_string().as_str() < day;
    if before(FIRST_YEAR) {
        return Err(reject("date", format!("{} is before 1970, the first year of Ghostfolio", activity.date)));
    }
    if currency == Currency::EUR && before(FIRST_EURO_DAY) {
        return Err(reject("currency", format!("there were no euros on {}, so there is no rate", activity.date)));
    }
    for (column, number) in [("quantity", activity.quantity), ("unitPrice", activity.price), ("fee", activity.fee)] {
        if number < Decimal::ZERO {
            return Err(reject(column, format!("it is never negative, the type gives the direction; found {number}")));
        }
    }
    let source = activity.data_source.as_str();
    if !DATA_SOURCES.contains(&source) {
        let known = DATA_SOURCES.join(", ");
        return Err(reject("dataSource", format!("unknown data source `{}`; known: {known}", shown(source))));
    }
    if source == MANUAL {
        return Ok(());
    }
    let symbol = activity.symbol.as_str();
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b".-=^&_:".contains(&byte);
    if symbol.is_empty() || !symbol.bytes().all(allowed) {
        return Err(reject("symbol", format!("`{}` is no symbol of {source}", shown(symbol))));
    }
    if let Some((base, quoted)) = symbol.split_once('-').filter(|_| source == YAHOO)
        && quoted.parse::<Currency>().is_ok()
    {
        return Err(reject("symbol", format!("Ghostfolio writes this pair without the hyphen: {base}{quoted}")));
    }
    Ok(())
}

/// The beginning of a text that may be long.
pub(super) fn shown(text: &str) -> String {
    text.chars().take(40).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn activity(kind: &str) -> Activity {
        Activity {
            account: "A".to_owned(),
            line: 3,
            kind: kind.to_owned(),
            date: "2021-09-16".parse().expect("a date"),
            symbol: "MSFT".to_owned(),
            data_source: YAHOO.to_owned(),
            currency: "USD".to_owned(),
            quantity: Decimal::new(5, 0),
            price: Decimal::new(29_858, 2),
            fee: Decimal::new(19, 0),
            comment: String::new(),
            id: None,
        }
    }

    fn booked(activity: &Activity) -> Result<ExportTransaction, Refusal> {
        book(activity, None, &mut Instruments::default())
    }

    #[test]
    fn cash_is_quantity_times_price_with_the_fee_inside() {
        // 5 · 298.58 = 1,492.90; the fee of 19 is paid on top, or taken off what comes in.
        for (kind, net_cash) in [("BUY", "-1511.90"), ("SELL", "1473.90"), ("DIVIDEND", "1473.90")] {
            let found = booked(&activity(kind)).expect("booked");
            assert_eq!(found.net_cash.to_string(), net_cash, "{kind}");
            assert_eq!((found.fees, found.symbol.as_deref()), (Decimal::new(19, 0), Some("MSFT")));
        }
        let fee = Activity { quantity: Decimal::ZERO, data_source: MANUAL.to_owned(), ..activity("FEE") };
        let fee = booked(&fee).expect("booked");
        assert_eq!((fee.net_cash, fee.symbol, fee.note.as_str()), (Decimal::new(-19, 0), None, "MSFT"));
    }

    #[test]
    fn cents_are_a_scale_of_the_quotes_and_not_a_currency() {
        // 5 · 10,875 cents = 54,375 cents = 543.75 rand.
        let share = Activity {
            currency: "ZAc".to_owned(),
            price: Decimal::new(10_875, 0),
            fee: Decimal::ZERO,
            ..activity("BUY")
        };
        let mut instruments = Instruments::default();
        let found = book(&share, None, &mut instruments).expect("booked");
        assert_eq!((found.net_cash.to_string(), found.currency.code()), ("-543.75".to_owned(), "ZAR"));
        assert_eq!(found.price, Some(Decimal::new(10_875, 0)));
        let list = instruments.into_list();
        assert_eq!((list[0].currency.code(), list[0].price_scale), ("ZAR", Decimal::new(1, 2)));
    }

    #[test]
    fn a_price_in_another_currency_than_the_instrument_is_no_quote_of_it() {
        let profile = Profile { currency: Some("USD".to_owned()), ..Profile::default() };
        let in_euro = Activity { currency: "EUR".to_owned(), ..activity("BUY") };
        let found = book(&in_euro, Some(&profile), &mut Instruments::default()).expect("booked");
        assert_eq!((found.currency, found.price), (Currency::EUR, None));
    }

    #[test]
    fn what_ghostfolio_refuses_is_refused_with_the_column() {
        let day = |text: &str| text.parse::<BusinessDate>().expect("a date");
        let wrong = [
            ("currency", Activity { currency: "<invalid>".to_owned(), ..activity("BUY") }),
            ("date", Activity { date: day("1960-01-01"), ..activity("BUY") }),
            ("currency", Activity { currency: "EUR".to_owned(), date: day("1990-01-01"), ..activity("BUY") }),
            ("dataSource", Activity { data_source: "<invalid>".to_owned(), ..activity("BUY") }),
            ("symbol", Activity { symbol: "<invalid>".to_owned(), ..activity("BUY") }),
            ("symbol", Activity { symbol: "BTC-USD".to_owned(), ..activity("BUY") }),
            ("fee", Activity { fee: Decimal::NEGATIVE_ONE, ..activity("BUY") }),
        ];
        for (column, activity) in wrong {
            let refused = booked(&activity).expect_err(column);
            assert!(matches!(&refused, Refusal::Reject { column: found, .. } if *found == column), "{refused:?}");
        }
        let draft = Activity { quantity: Decimal::ZERO, ..activity("BUY") };
        for waiting in [activity("ITEM"), activity("LIABILITY"), activity("STAKING_REWARD"), draft] {
            assert!(matches!(booked(&waiting), Err(Refusal::Inbox { .. })), "{waiting:?}");
        }
    }
}
