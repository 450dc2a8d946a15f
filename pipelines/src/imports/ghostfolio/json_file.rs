//! Ghostfolio's export as JSON. Numbers are taken from the text as it stands, so that none passes through a float.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;
use schemas::BusinessDate;
use serde::Deserialize;

use super::activity::{Activity, Instruments, MANUAL, Profile, YAHOO, book, known_type, shown};
use crate::error::Error;
use crate::frames::exact;
use crate::imports::{Export, ExportAccount, ExportFile, ExportQuote, ExportTransaction, InboxRow, row_text};
use crate::json_parts::{elements, members, value_of};
use crate::refusals::{Refusal, bounded, reject};
use crate::sources::RowReject;

/// The file. Keys that are not named here mean nothing for the books.
struct FileJson<'a> {
    accounts: Vec<AccountJson>,
    asset_profiles: Vec<(ProfileJson, Vec<&'a str>)>,
    activities: Vec<&'a str>,
    user: Option<UserJson>,
}

#[derive(Deserialize)]
struct AccountJson {
    id: String,
    name: Option<String>,
    currency: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ProfileJson {
    symbol: String,
    name: Option<String>,
    currency: Option<String>,
    isin: Option<String>,
    asset_class: Option<String>,
}

#[derive(Deserialize)]
struct PriceJson {
    date: String,
}

#[derive(Deserialize)]
struct UserJson {
    settings: Option<SettingsJson>,
}

#[derive(Deserialize)]
struct SettingsJson {
    currency: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ActivityJson {
    account_id: Option<String>,
    comment: Option<String>,
    currency: Option<String>,
    data_source: Option<String>,
    date: Option<String>,
    id: Option<String>,
    symbol: Option<String>,
    r#type: Option<String>,
}

/// Reads an export.
pub(super) fn read(file: &ExportFile<'_>) -> Result<Export, Error> {
    let problem = |problem: String| Error::Sheet { file: file.file_name.to_owned(), problem };
    let bytes = file.bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(file.bytes);
    let text = std::str::from_utf8(bytes)
        .map_err(|error| problem(format!("the file is not UTF-8 from byte {} on", error.valid_up_to() + 1)))?;
    let found = parts_of(text)
        .map_err(|error| problem(format!("the file is no export of Ghostfolio: {error}; export it again as JSON")))?;
    let profiles: BTreeMap<&str, Profile> =
        found.asset_profiles.iter().map(|(profile, _)| (profile.symbol.as_str(), profile.to_profile())).collect();
    let mut reading = Reading { file_name: file.file_name, ..Reading::default() };
    let mut place = Place { text, counted: 0, line: 1 };
    for raw in &found.activities {
        let line = place.line_of(raw);
        reading.take(raw, line, &profiles);
    }
    let mut place = Place { text, counted: 0, line: 1 };
    for (profile, market_data) in &found.asset_profiles {
        for raw in market_data {
            let line = place.line_of(raw);
            reading.take_price(raw, line, &profile.symbol);
        }
    }
    let own_currency = found.user.and_then(|user| user.settings).and_then(|settings| settings.currency);
    Ok(reading.finish(&found.accounts, own_currency.as_deref()))
}

/// The parts of the file that mean something for the books.
fn parts_of(text: &str) -> Result<FileJson<'_>, String> {
    let file = members(text)?;
    let mut asset_profiles = Vec::new();
    for profile in value_of(&file, "assetProfiles").map(elements).transpose()?.unwrap_or_default() {
        let prices = value_of(&members(profile)?, "marketData").map(elements).transpose()?;
        asset_profiles.push((parsed(profile)?, prices.unwrap_or_default()));
    }
    let activities = value_of(&file, "activities").ok_or_else(|| "there is no `activities`".to_owned())?;
    Ok(FileJson {
        accounts: value_of(&file, "accounts").map(parsed).transpose()?.unwrap_or_default(),
        asset_profiles,
        activities: elements(activities)?,
        user: value_of(&file, "user").map(parsed).transpose()?,
    })
}

fn parsed<T: for<'de> Deserialize<'de>>(text: &str) -> Result<T, String> {
    serde_json::from_str(text).map_err(|error| error.to_string())
}

/// Finds the lines of parts of a text that come in their order.
struct Place<'a> {
    text: &'a str,
    counted: usize,
    line: i64,
}

impl Place<'_> {
    /// The line on which a part of the text begins, from 1.
    fn line_of(&mut self, part: &str) -> i64 {
        let start = part.as_ptr().addr().saturating_sub(self.text.as_ptr().addr());
        let between = self.text.as_bytes().get(self.counted..start).unwrap_or_default();
        self.line += i64::try_from(between.iter().filter(|byte| **byte == b'\n').count()).unwrap_or(0);
        self.counted = self.counted.max(start);
        self.line
    }
}

impl ProfileJson {
    fn to_profile(&self) -> Profile {
        Profile {
            name: self.name.clone(),
            currency: self.currency.clone(),
            isin: self.isin.clone(),
            asset_class: self.asset_class.clone(),
        }
    }
}

#[derive(Default)]
struct Reading<'a> {
    file_name: &'a str,
    instruments: Instruments,
    /// Each with the instant of its activity, by which the bookings of a day are put in order.
    booked: Vec<(String, ExportTransaction)>,
    /// Prices that the user gave, by what the file calls the instrument.
    prices: BTreeMap<(String, BusinessDate), Decimal>,
    inbox: Vec<InboxRow>,
    rejects: Vec<RowReject>,
    accounts: BTreeSet<String>,
}

impl Reading<'_> {
    fn take(&mut self, raw: &str, line: i64, profiles: &BTreeMap<&str, Profile>) {
        let mut account = String::new();
        let mut instant = String::new();
        let booked = activity_of(raw, line, &mut account).and_then(|(found, activity)| {
            instant = found;
            let profile = profiles.get(activity.symbol.as_str());
            if activity.data_source == MANUAL && profile.is_none() {
                let reason = format!("`{}` is MANUAL and not among the assetProfiles", shown(&activity.symbol));
                return Err(reject("symbol", reason));
            }
            book(&activity, profile, &mut self.instruments)
        });
        match booked {
            Ok(transaction) => {
                self.accounts.insert(account);
                self.booked.push((instant, transaction));
            }
            Err(Refusal::Inbox { what, reason }) => {
                self.accounts.insert(account.clone());
                self.inbox.push(InboxRow { account, line, what, reason, text: row_text(raw) });
            }
            Err(Refusal::Reject { column, reason }) => self.reject(line, column, reason),
        }
    }

    fn reject(&mut self, line: i64, column: &str, reason: String) {
        self.rejects.push(RowReject { file: self.file_name.to_owned(), line, column: column.to_owned(), reason });
    }

    /// Takes a price that the user gave an instrument of his own.
    fn take_price(&mut self, raw: &str, line: i64, name: &str) {
        let price = price_of(raw).and_then(|(date, close)| {
            let known = self.prices.entry((name.to_owned(), date)).or_insert(close);
            let reason = || format!("the price {known} that comes before it for {date} is kept");
            if *known == close { Ok(()) } else { Err(reject("marketPrice", reason())) }
        });
        if let Err(Refusal::Reject { column, reason }) = price {
            self.reject(line, column, reason);
        }
    }

    /// What was read. The bookings of a day stand in the order of their instants.
    fn finish(mut self, accounts: &[AccountJson], own_currency: Option<&str>) -> Export {
        self.booked.sort_by(|(left, _), (right, _)| left.cmp(right));
        let used = accounts.iter().filter(|account| self.accounts.contains(&account.id));
        let declared = used.map(|account| ExportAccount {
            account: account.id.clone(),
            title: account.name.clone().unwrap_or_else(|| account.id.clone()),
            base_currency: account.currency.as_deref().and_then(|code| code.parse().ok()),
        });
        let mut found: Vec<ExportAccount> = declared.collect();
        for account in &self.accounts {
            if found.iter().all(|known| known.account != *account) {
                let own = own_currency.filter(|_| account.is_empty());
                found.push(ExportAccount {
                    account: account.clone(),
                    title: if account.is_empty() { "Ghostfolio".to_owned() } else { account.clone() },
                    base_currency: own.and_then(|code| code.parse().ok()),
                });
            }
        }
        let symbols = self.instruments.symbols();
        let quote = |((name, date), close): ((String, BusinessDate), Decimal)| {
            Some(ExportQuote { symbol: symbols.get(&name)?.clone(), date, close })
        };
        Export {
            accounts: found,
            quotes: self.prices.into_iter().filter_map(quote).collect(),
            instruments: self.instruments.into_list(),
            transactions: self.booked.into_iter().map(|(_, booked)| booked).collect(),
            fx_rates: Vec::new(),
            inbox: self.inbox,
            unsure: Vec::new(),
            rejects: self.rejects,
        }
    }
}

/// The activity of a part of the file, and its instant. Its account is told even if the rest cannot be read.
fn activity_of(raw: &str, line: i64, account: &mut String) -> Result<(String, Activity), Refusal> {
    let wrong = |error: String| reject("(row)", format!("it is no activity: {error}"));
    let parts = members(raw).map_err(wrong)?;
    let found: ActivityJson = parsed(raw).map_err(wrong)?;
    *account = found.account_id.unwrap_or_default();
    let kind = known_type(found.r#type.ok_or_else(|| reject("type", "the key is missing"))?)?;
    let instant = found.date.ok_or_else(|| reject("date", "the key is missing"))?;
    let activity = Activity {
        account: account.clone(),
        line,
        kind,
        date: day(&instant)?,
        symbol: found.symbol.ok_or_else(|| reject("symbol", "the key is missing"))?,
        data_source: found.data_source.unwrap_or_else(|| YAHOO.to_owned()),
        currency: found.currency.ok_or_else(|| reject("currency", "the key is missing"))?,
        quantity: number("quantity", value_of(&parts, "quantity"))?,
        price: number("unitPrice", value_of(&parts, "unitPrice"))?,
        fee: number("fee", value_of(&parts, "fee"))?,
        comment: found.comment.unwrap_or_default(),
        id: found.id.filter(|id| !id.is_empty()),
    };
    Ok((instant, activity))
}

fn price_of(raw: &str) -> Result<(BusinessDate, Decimal), Refusal> {
    let wrong = |error: String| reject("marketData", format!("it is no price: {error}"));
    let found: PriceJson = parsed(raw).map_err(wrong)?;
    let close = number("marketPrice", value_of(&members(raw).map_err(wrong)?, "marketPrice"))?;
    if close <= Decimal::ZERO {
        return Err(reject("marketPrice", format!("a close is positive, not {close}")));
    }
    Ok((day(&found.date)?, close))
}

/// The day of an instant, as it is written: Ghostfolio writes instants in UTC.
fn day(instant: &str) -> Result<BusinessDate, Refusal> {
    let wrong = || reject("date", format!("`{}` is no instant like 2021-09-16T00:00:00.000Z", shown(instant)));
    let date = instant.split('T').next().unwrap_or_default();
    date.parse().map_err(|_| wrong())
}

/// An exact number from the text of the file, which may stand in quotes.
fn number(column: &'static str, raw: Option<&str>) -> Result<Decimal, Refusal> {
    let text = raw.ok_or_else(|| reject(column, "the key is missing"))?;
    bounded(column, Some(exact(text.trim_matches('"')).map_err(|reason| reject(column, reason))?))
}
