//! Beancount: a plain text ledger, as far as it speaks of assets.
//!
//! Its transactions become deposits, purchases, dividends and so on by what their other side is called; its prices
//! become quotes; its balances go to the inbox as something to reconcile. What does not touch an account of assets, a
//! restaurant bill on a credit card, is told once per reason, with its lines.

mod balances;
mod chart;
mod directives;
mod legs;
mod meaning;
mod tokens;
mod trades;

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use schemas::Currency;

use self::balances::balances;
use self::chart::{Chart, Side, money};
use self::directives::{Amount, Body, Directive, Ledger, ledger};
use self::legs::{Leg, TOLERANCE, legs};
use self::meaning::{Entry, Meaning, meaning};
use super::{Export, ExportFile, ExportFxRate, ExportInstrument, ExportQuote, Importer, clean_symbol};
use crate::error::Error;
use crate::intake::{Intake, valid_isin};
use crate::numerals::exact_quotient;

/// Beancount's ledger files.
pub static IMPORTER: Importer = Importer {
    name: "beancount",
    definition: "a beancount ledger: transactions on asset accounts, prices and balances",
    recognises,
    read,
};

/// Bytes of a file that are looked at to recognise it.
const START_BYTES: usize = 256 * 1024;

fn recognises(file: &ExportFile<'_>) -> bool {
    let start = String::from_utf8_lossy(file.bytes.get(..START_BYTES).unwrap_or(file.bytes)).into_owned();
    let is_directive = |line: &str| {
        let mut words = line.split_ascii_whitespace();
        let (day, word) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        let is_day = day.len() == 10 && day.replace('/', "-").parse::<schemas::BusinessDate>().is_ok();
        let account = words.next().is_some_and(|name| name.contains(':') || name.starts_with('"'));
        is_day && account && ["open", "txn", "*", "!", "balance", "pad"].contains(&word)
    };
    file.mapping.is_none() && start.lines().any(is_directive)
}

/// What many lines have in common: the word and the reason.
type Aside = BTreeMap<(&'static str, String), Vec<i64>>;

fn read(file: &ExportFile<'_>) -> Result<Export, Error> {
    let mut intake = Intake::new(file)?;
    let bytes = file.bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(file.bytes);
    let text = std::str::from_utf8(bytes).map_err(|error| Error::Sheet {
        file: file.file_name.to_owned(),
        problem: format!("the file is not UTF-8 from byte {} on", error.valid_up_to() + 1),
    })?;
    let ledger = ledger(text);
    intake.reject_lines(&ledger.rejected);
    let mut complete: BTreeMap<i64, Vec<Leg>> = BTreeMap::new();
    for directive in &ledger.directives {
        if let Body::Transaction { postings, .. } = &directive.body {
            match legs(postings) {
                Ok(legs) => drop(complete.insert(directive.line, legs)),
                Err(reason) => intake.wait("", directive.line, "txn", reason, text_of(text, directive)),
            }
        }
    }
    let balances = balances(&ledger, &complete);
    let filled = balances.filled.iter().map(|pad| pad.legs.as_slice());
    let all: Vec<&[Leg]> = complete.values().map(Vec::as_slice).chain(filled).collect();
    let chart = Chart::of(&ledger, &all);
    let mut reading = Reading { text, ledger: &ledger, chart: &chart, intake: &mut intake, aside: Aside::new() };
    reading.instruments();
    for directive in &ledger.directives {
        reading.directive(directive, &complete, &balances);
    }
    for pad in &balances.filled {
        let words = "pad to the next balance";
        reading.entry("pad", Entry { line: pad.line, date: pad.date, words, legs: &pad.legs }, words);
    }
    reading.tell_asides();
    Ok(intake.finish())
}

fn text_of<'t>(text: &'t str, directive: &Directive) -> &'t str {
    text.get(directive.range.clone()).unwrap_or_default()
}

/// A file while its directives are read.
struct Reading<'r> {
    text: &'r str,
    ledger: &'r Ledger,
    chart: &'r Chart,
    intake: &'r mut Intake,
    aside: Aside,
}

impl Reading<'_> {
    fn instruments(&mut self) {
        let described = self.ledger.directives.iter().filter_map(|directive| match &directive.body {
            Body::Commodity { code, metadata } => Some((code.as_str(), metadata)),
            _ => None,
        });
        let described: BTreeMap<&str, &BTreeMap<String, String>> = described.collect();
        for (code, currency) in &self.chart.instruments {
            let said = |key: &str| described.get(code.as_str()).and_then(|metadata| metadata.get(key)).cloned();
            self.intake.instrument(ExportInstrument {
                symbol: clean_symbol(code).unwrap_or_else(|| code.clone()),
                name: said("name").unwrap_or_else(|| code.clone()),
                currency: *currency,
                price_scale: Decimal::ONE,
                isin: said("isin").and_then(|isin| valid_isin(&isin)),
                cusip: None,
                asset_class: said("asset-class").or_else(|| said("asset_class")).unwrap_or_default(),
            });
        }
    }

    fn directive(&mut self, directive: &Directive, complete: &BTreeMap<i64, Vec<Leg>>, balances: &balances::Balances) {
        let line = directive.line;
        let Some(date) = directive.date else {
            let (what, path, reason) = match &directive.body {
                Body::Include { path } => ("include", path, "the file that is included is not read; import it, too"),
                Body::Plugin { name } => ("plugin", name, "plugins are not run; what it adds is missing here"),
                _ => return,
            };
            return self.intake.wait("", line, what, reason, path);
        };
        match &directive.body {
            Body::Transaction { words, .. } => {
                if let Some(legs) = complete.get(&line) {
                    let entry = Entry { line, date, words, legs };
                    self.entry("txn", entry, text_of(self.text, directive));
                }
            }
            Body::Price { code, amount } => self.price(line, date, code, amount),
            Body::Balance { account, amount } => {
                let own = balances.own.get(&line).copied().flatten();
                self.balance(directive, account, amount, own);
            }
            Body::Pad { account, .. } if balances.idle.contains(&line) => {
                self.set_aside("pad", format!("{account} needs no padding"), line);
            }
            _ => {}
        }
    }

    fn entry(&mut self, what: &'static str, entry: Entry<'_>, text: &str) {
        let chart = self.chart;
        let meant = meaning(chart, entry);
        if !matches!(meant, Meaning::Aside(_)) {
            for leg in entry.legs.iter().filter(|leg| chart.side(&leg.account) == Side::Asset) {
                let commodity = leg.amount.commodity.as_str();
                if money(commodity).is_none() && !chart.instruments.contains_key(commodity) {
                    self.set_aside("units", meaning::without_price(commodity), entry.line);
                }
            }
        }
        match meant {
            Meaning::Booked(bookings) => {
                let operating = self.ledger.options.get("operating_currency").and_then(|code| money(code));
                for booking in &bookings {
                    let base = operating.unwrap_or(booking.currency);
                    self.intake.account(&booking.account, &booking.account, Some(base));
                }
                self.intake.book(entry.line, bookings);
            }
            Meaning::Aside(reason) => self.set_aside(what, reason, entry.line),
            Meaning::Waits { account, reason, readings } => {
                self.intake.wait(&account, entry.line, what, reason, text);
                self.intake.unsure(&account, entry.line, what, readings);
            }
        }
    }

    fn price(&mut self, line: i64, date: schemas::BusinessDate, code: &str, amount: &Amount) {
        let (own, paid) = (money(code), money(&amount.commodity));
        let instrument = self.chart.instruments.get(code).copied();
        if instrument.is_some() && instrument == paid {
            let symbol = clean_symbol(code).unwrap_or_else(|| code.to_owned());
            return self.intake.quote(line, ExportQuote { symbol, date, close: amount.number });
        }
        let per_euro = match (own, paid) {
            (Some(Currency::EUR), Some(currency)) => Some((currency, Some(amount.number))),
            (Some(currency), Some(Currency::EUR)) => Some((currency, exact_quotient(Decimal::ONE, amount.number))),
            _ => None,
        };
        match per_euro {
            Some((currency, Some(rate))) if Decimal::ZERO < rate && currency != Currency::EUR => {
                self.intake.fx_rate(ExportFxRate { currency, date, units_per_eur: rate.normalize() });
            }
            _ => {
                let reason = format!(
                    "{code} in {}: no quote in the instrument's currency and no exact rate of the euro",
                    amount.commodity
                );
                self.set_aside("price", reason, line);
            }
        }
    }

    fn balance(&mut self, directive: &Directive, account: &str, amount: &Amount, own: Option<Decimal>) {
        if self.chart.side(account) != Side::Asset {
            return self.set_aside("balance", "no asset account is touched".to_owned(), directive.line);
        }
        let commodity = &amount.commodity;
        let result = match own.and_then(|own| Some((own, amount.number.checked_sub(own)?))) {
            Some((own, off)) if off.abs() <= TOLERANCE => {
                format!("the file's own entries give {}: it agrees", own.normalize())
            }
            Some((own, off)) => {
                format!("the file's own entries give {}: it differs by {}", own.normalize(), off.normalize())
            }
            None => "the file's own entries give no number".to_owned(),
        };
        let reason = format!("a balance of {} {commodity} to reconcile; {result}", amount.number.normalize());
        let owner = self.chart.account_of(account).to_owned();
        self.intake.wait(&owner, directive.line, "balance", reason, text_of(self.text, directive));
    }

    fn set_aside(&mut self, what: &'static str, reason: String, line: i64) {
        let lines = self.aside.entry((what, reason)).or_default();
        if lines.last() != Some(&line) {
            lines.push(line);
        }
    }

    /// One row of the inbox for all lines that were set aside for one reason.
    fn tell_asides(self) {
        for ((what, reason), lines) in self.aside {
            let numbers: Vec<String> = lines.iter().map(i64::to_string).collect();
            let first = lines.first().copied().unwrap_or_default();
            let reason = format!("{reason}: {} not booked", lines.len());
            self.intake.wait("", first, what, reason, &format!("lines {}", numbers.join(", ")));
        }
    }
}
