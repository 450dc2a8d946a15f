//! The instruments that a Flex statement names, each under one symbol.
//!
//! The broker calls a share by its symbol, which two listings in two currencies may share, and which keeps its name
//! when a split changes the ISIN. So a listing is a symbol and a currency. A dividend is paid in the currency of the
//! issuer, not of the listing: it finds its instrument by the contract, the ISIN or the symbol, whatever the currency.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;
use schemas::identifiers::{Cusip, Isin};

use super::rows::{Row, Unit};
use crate::imports::{ExportInstrument, clean_symbol};
use crate::refusals::{Refusal, reject};

/// The instruments found so far.
#[derive(Default)]
pub(super) struct Instruments {
    /// The instruments, in the order in which they were found.
    pub(super) list: Vec<ExportInstrument>,
    by_listing: BTreeMap<(String, String), usize>,
    by_symbol: BTreeMap<String, usize>,
    by_contract: BTreeMap<String, usize>,
    by_isin: BTreeMap<String, usize>,
    taken: BTreeSet<String>,
    described: BTreeMap<String, Description>,
}

/// What the section of securities says of a contract.
struct Description {
    name: Option<String>,
    isin: Option<String>,
    cusip: Option<String>,
}

/// Whether the description of a row is the name of its instrument, or a sentence about what happened.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Naming {
    /// It is the name.
    Name,
    /// It is a sentence.
    Sentence,
}

fn valid_isin(row: &Row) -> Option<String> {
    row.text("isin").filter(|text| text.parse::<Isin>().is_ok()).map(str::to_owned)
}

fn valid_cusip(row: &Row) -> Option<String> {
    row.text("cusip").filter(|text| text.parse::<Cusip>().is_ok()).map(str::to_owned)
}

impl Instruments {
    /// Takes in a row of the section of securities.
    pub(super) fn describe(&mut self, row: &Row) {
        if let Some(contract) = row.text("conid") {
            let name = row.text("description").map(str::to_owned);
            let described = Description { name, isin: valid_isin(row), cusip: valid_cusip(row) };
            self.described.insert(contract.to_owned(), described);
        }
    }

    /// The symbol of the listing that a row trades or holds.
    ///
    /// # Errors
    /// [`Refusal::Reject`] if the row has no usable symbol.
    pub(super) fn listed(&mut self, row: &Row, unit: Unit, naming: Naming) -> Result<String, Refusal> {
        let raw = row.required("symbol")?;
        let no_symbol = || reject("symbol", format!("`{raw}` has no character that a symbol may have"));
        let symbol = clean_symbol(raw).ok_or_else(no_symbol)?;
        let listing = (symbol.clone(), row.required("currency")?.to_owned());
        let place = match self.by_listing.get(&listing) {
            Some(place) => *place,
            None => self.add(row, &symbol, unit),
        };
        self.by_listing.entry(listing).or_insert(place);
        self.by_symbol.entry(symbol).or_insert(place);
        if let Some(contract) = row.text("conid") {
            self.by_contract.entry(contract.to_owned()).or_insert(place);
        }
        let name = row.text("description").filter(|_| naming == Naming::Name);
        Ok(self.complete(place, row, name))
    }

    /// The symbol of the instrument that a row pays for; none if it names none.
    ///
    /// # Errors
    /// [`Refusal::Reject`] if the row names an instrument without a usable symbol.
    pub(super) fn paying(&mut self, row: &Row, unit: Unit) -> Result<Option<String>, Refusal> {
        let contract = row.text("conid").and_then(|contract| self.by_contract.get(contract));
        let isin = || row.text("isin").and_then(|isin| self.by_isin.get(isin));
        let symbol = || row.text("symbol").and_then(clean_symbol).and_then(|symbol| self.by_symbol.get(&symbol));
        match contract.or_else(isin).or_else(symbol).and_then(|place| self.list.get(*place)) {
            Some(known) => Ok(Some(known.symbol.clone())),
            None if row.text("symbol").is_some() => self.listed(row, unit, Naming::Sentence).map(Some),
            None => Ok(None),
        }
    }

    /// The scale of the quotes of a symbol: 0.01 where they are in pence.
    pub(super) fn price_scale(&self, symbol: &str) -> Option<Decimal> {
        let found = self.list.iter().find(|instrument| instrument.symbol == symbol);
        found.map(|instrument| instrument.price_scale)
    }

    /// Adds an instrument, under its symbol, or with its currency behind it if another listing has the symbol.
    fn add(&mut self, row: &Row, symbol: &str, unit: Unit) -> usize {
        let mut own = symbol.to_owned();
        let mut tries = 1;
        while !self.taken.insert(own.clone()) {
            let number = if tries == 1 { String::new() } else { tries.to_string() };
            let short: String = symbol.chars().take(56).collect();
            own = format!("{short}.{}{number}", unit.currency);
            tries += 1;
        }
        self.list.push(ExportInstrument {
            name: own.clone(),
            symbol: own,
            currency: unit.currency,
            price_scale: unit.scale,
            isin: None,
            cusip: None,
            asset_class: row.text("assetCategory").unwrap_or_default().to_owned(),
        });
        self.list.len() - 1
    }

    /// Fills in what earlier rows did not say.
    fn complete(&mut self, place: usize, row: &Row, name: Option<&str>) -> String {
        let Some(instrument) = self.list.get_mut(place) else { return String::new() };
        let described = row.text("conid").and_then(|contract| self.described.get(contract));
        let name = name.or_else(|| described.and_then(|described| described.name.as_deref()));
        if let Some(name) = name.filter(|_| instrument.name == instrument.symbol) {
            instrument.name = name.to_owned();
        }
        if instrument.isin.is_none() {
            instrument.isin = valid_isin(row).or_else(|| described.and_then(|described| described.isin.clone()));
        }
        if instrument.cusip.is_none() {
            instrument.cusip = valid_cusip(row).or_else(|| described.and_then(|described| described.cusip.clone()));
        }
        if let Some(isin) = &instrument.isin {
            self.by_isin.entry(isin.clone()).or_insert(place);
        }
        instrument.symbol.clone()
    }
}

/// What a price per unit is multiplied by to be the price of one of what the broker counts: the contract's multiplier
/// of an option, a hundredth of a bond, whose price is a percentage of its nominal value.
pub(super) fn price_factor(row: &Row) -> Result<Decimal, Refusal> {
    let multiplier = row.number("multiplier")?.filter(|multiplier| Decimal::ZERO < *multiplier);
    Ok(match row.text("assetCategory") {
        Some("OPT" | "WAR" | "IOPT") => multiplier.unwrap_or(Decimal::ONE),
        Some("BOND" | "BILL") => Decimal::new(1, 2),
        _ => Decimal::ONE,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::imports::ibkr_flex::rows::unit;
    use crate::xml_elements::read_elements;

    fn row(tag: &str) -> Row {
        let elements = read_elements("a.xml", tag.as_bytes()).expect("readable");
        Row::of(&elements[0], "U1").expect("a row")
    }

    #[test]
    fn one_symbol_in_two_currencies_is_two_listings_and_a_dividend_finds_the_one_it_is_paid_for() {
        let mut instruments = Instruments::default();
        let euro = unit("currency", "EUR").expect("a unit");
        let dollar = unit("currency", "USD").expect("a unit");
        let trade = row("<Trade symbol='MMM' currency='EUR' conid='7' description='3M CO.' isin='US88579Y1010'/>");
        assert_eq!(instruments.listed(&trade, euro, Naming::Name), Ok("MMM".to_owned()));
        let other = row("<Trade symbol='MMM' currency='USD' conid='8'/>");
        assert_eq!(instruments.listed(&other, dollar, Naming::Name), Ok("MMM.USD".to_owned()));
        let paid = row("<CashTransaction symbol='MMM' currency='USD' conid='7' description='MMM CASH DIVIDEND'/>");
        assert_eq!(instruments.paying(&paid, dollar), Ok(Some("MMM".to_owned())));
        assert_eq!(instruments.paying(&row("<CashTransaction currency='USD'/>"), dollar), Ok(None));
        let names: Vec<&str> = instruments.list.iter().map(|instrument| instrument.name.as_str()).collect();
        assert_eq!(names, ["3M CO.", "MMM.USD"]);
        assert_eq!(instruments.list[0].isin.as_deref(), Some("US88579Y1010"));
    }

    #[test]
    fn a_price_is_for_one_of_what_the_broker_counts() {
        let factor = |tag: &str| price_factor(&row(tag)).expect("a factor").to_string();
        assert_eq!(factor("<Trade assetCategory='OPT' multiplier='100'/>"), "100");
        assert_eq!(factor("<Trade assetCategory='BOND' multiplier='1'/>"), "0.01");
        assert_eq!(factor("<Trade assetCategory='STK' multiplier='1'/>"), "1");
    }
}
