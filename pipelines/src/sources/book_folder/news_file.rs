//! `news.jsonl`: what was reported about a market, one JSON object a line.
//!
//! Unlike what other files say, a report is nothing that figures are made of: it is kept as it was told. Keys that mean
//! nothing to this program are passed over, since every vendor has its own.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use schemas::tables::news::NewsItem;
use schemas::{BusinessDate, InstrumentId};
use serde::Deserialize;

use super::market_files::{Fault, at, label};
use crate::sources::{Facts, LandedFile, RowReject};

/// The name of the file.
pub(super) const NAME: &str = "news.jsonl";

/// Bytes of a line.
const LINE_BYTES_MAX: usize = 1 << 20;
/// Letters of an id.
const ID_LETTERS_MAX: usize = 200;
/// Letters of a headline.
const HEADLINE_LETTERS_MAX: usize = 1_000;
/// Letters of a source.
const ORIGIN_LETTERS_MAX: usize = 200;
/// Bytes of an address.
const URL_BYTES_MAX: usize = 2_000;
/// Symbols of a report.
const SYMBOLS_MAX: usize = 200;

/// A report as it is written.
#[derive(Deserialize)]
struct Written {
    id: Option<String>,
    published_at: Option<String>,
    source: Option<String>,
    headline: Option<String>,
    body: Option<String>,
    url: Option<String>,
    #[serde(default)]
    symbols: Option<Vec<String>>,
    language: Option<String>,
}

pub(super) fn news(file: &LandedFile<'_>) -> Facts {
    let label = label(file);
    let mut facts = Facts::default();
    let mut seen: BTreeMap<(BusinessDate, String), i64> = BTreeMap::new();
    for (line, bytes) in (1_i64..).zip(file.bytes.split(|byte| *byte == b'\n')) {
        if bytes.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        match item(file, line, bytes).and_then(|found| once(&mut seen, found)) {
            Ok(found) => facts.news.push(found),
            Err((column, reason)) => {
                facts.rejects.push(RowReject { file: label.clone(), line, column: column.to_owned(), reason });
            }
        }
    }
    facts
}

/// The report, if its id is not on an earlier line of the file for the same day.
fn once(seen: &mut BTreeMap<(BusinessDate, String), i64>, found: NewsItem) -> Result<NewsItem, Fault> {
    let place = (found.published_date, found.news_id.clone());
    if let Some(first) = seen.get(&place) {
        return Err(("id", format!("`{}` is already on line {first}", found.news_id)));
    }
    seen.insert(place, found.line);
    Ok(found)
}

fn item(file: &LandedFile<'_>, line: i64, bytes: &[u8]) -> Result<NewsItem, Fault> {
    let whole = |reason: String| ("(line)", reason);
    if LINE_BYTES_MAX < bytes.len() {
        return Err(whole(format!("the line has {} bytes; at most {LINE_BYTES_MAX} are read", bytes.len())));
    }
    let text = std::str::from_utf8(bytes).map_err(|error| whole(format!("the line is not UTF-8: {error}")))?;
    let text = if line == 1 { text.trim_start_matches('\u{feff}') } else { text };
    let written: Written = serde_json::from_str(text)
        .map_err(|error| whole(format!("the line is no JSON object of a report: {error}")))?;
    let published_at = at("published_at", instant(required("published_at", written.published_at)?.as_str()))?;
    Ok(NewsItem {
        market_id: file.market_id.clone(),
        published_date: at("published_at", BusinessDate::new(published_at.date_naive()))?,
        news_id: short("id", required("id", written.id)?, ID_LETTERS_MAX)?,
        published_at,
        origin: short("source", required("source", written.source)?, ORIGIN_LETTERS_MAX)?,
        headline: short("headline", required("headline", written.headline)?, HEADLINE_LETTERS_MAX)?,
        body: written.body.filter(|body| !body.trim().is_empty()),
        url: given(written.url).map(address).transpose()?,
        symbols: symbols(file, written.symbols.unwrap_or_default())?,
        language: given(written.language).map(language).transpose()?,
        landing_sha256: file.sha256.to_owned(),
        line,
    })
}

fn given(value: Option<String>) -> Option<String> {
    value.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
}

fn required(key: &'static str, value: Option<String>) -> Result<String, Fault> {
    given(value).ok_or_else(|| (key, "there is nothing in it".to_owned()))
}

fn short(key: &'static str, text: String, letters_max: usize) -> Result<String, Fault> {
    let letters = text.chars().count();
    if letters_max < letters {
        return Err((key, format!("it has {letters} letters; at most {letters_max} are kept")));
    }
    if text.chars().any(char::is_control) {
        return Err((key, "it has control characters, such as line breaks".to_owned()));
    }
    Ok(text)
}

fn instant(text: &str) -> Result<DateTime<Utc>, String> {
    let parsed = DateTime::parse_from_rfc3339(text);
    parsed.map(|at| at.to_utc()).map_err(|_| {
        let shown: String = text.chars().take(40).collect();
        format!("`{shown}` is no instant with its offset (RFC 3339), e.g. 2025-12-11T14:05:00Z")
    })
}

/// An address that can be shown as a link without anything being run by it.
fn address(text: String) -> Result<String, Fault> {
    let web = ["https://", "http://"].iter().any(|scheme| text.to_ascii_lowercase().starts_with(scheme));
    let plain = text.bytes().all(|byte| byte.is_ascii_graphic()) && text.len() <= URL_BYTES_MAX;
    if web && plain {
        return Ok(text);
    }
    let form = format!("it is no http or https address of at most {URL_BYTES_MAX} printable ASCII characters");
    Err(("url", form))
}

fn language(text: String) -> Result<String, Fault> {
    let tag = text.len() <= 35 && text.split('-').all(|part| (1..=8).contains(&part.len()));
    if tag && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
        return Ok(text);
    }
    Err(("language", "it is no language tag (BCP 47), e.g. en".to_owned()))
}

fn symbols(file: &LandedFile<'_>, written: Vec<String>) -> Result<String, Fault> {
    if SYMBOLS_MAX < written.len() {
        return Err(("symbols", format!("{} symbols; at most {SYMBOLS_MAX} are kept", written.len())));
    }
    let mut named = BTreeSet::new();
    for symbol in written {
        let shown = || symbol.chars().take(40).collect::<String>();
        InstrumentId::new(file.market_id, &symbol)
            .map_err(|_| ("symbols", format!("`{}` is no symbol; symbols are one word each", shown())))?;
        named.insert(symbol);
    }
    Ok(named.into_iter().collect::<Vec<String>>().join(" "))
}
